/** What is held for an appointment. */
import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import {
  type AppointmentCommand,
  type AppointmentEvent,
  type AppointmentReservation,
  type Goods,
} from './appointment-messages.js';

type Data<Type extends AppointmentCommand['type']> = Extract<AppointmentCommand, { type: Type }>['data'];

/** Goods of one SKU: `asked` has no answer yet. */
export interface Kept {
  readonly reservation: AppointmentReservation;
  state: 'asked' | 'held' | 'missing';
}

/** Changed in place by the fold. */
export interface Appointment {
  status: 'none' | 'open' | 'ended';
  locationId: string;
  at: string;
  until: string;
  holdUntil: string;
  /** Reservations asked for so far. */
  asks: number;
  /** By SKU. */
  readonly goods: Map<string, Kept>;
}

export const asksFor = (appointmentId: string, locationId: string, goods: readonly Goods[], before: number) =>
  goods.map(({ sku, quantity }, index): AppointmentReservation => ({
    reservationId: uuidv5(KONTOR_NAMESPACE, `appointment/${appointmentId}/${before + index + 1}`),
    sku,
    locationId,
    quantity,
  }));

export const heldBy = ({ goods }: Readonly<Appointment>) =>
  [...goods.values()].filter(({ state }) => state === 'held').map(({ reservation }) => reservation);

export const answered = (data: Data<'RecordAppointmentGoods'>, one: Readonly<Appointment>): AppointmentEvent[] => {
  const kept = find(one, data.reservationId);
  if (kept?.state !== 'asked') return [];
  const { reservation } = kept;
  const { available } = data;
  if (one.status === 'ended') return available === undefined ? [reserved(reservation, true)] : [];
  const answer: AppointmentEvent =
    available === undefined
      ? reserved(reservation)
      : { type: 'AppointmentGoodsMissing', data: { ...reservation, available } };
  return [answer, ...conclusion(one, kept, available === undefined ? 'held' : 'missing')];
};

const reserved = (reservation: AppointmentReservation, ended = false): AppointmentEvent => ({
  type: 'AppointmentGoodsReserved',
  data: { ...reservation, ...(ended && { ended }) },
});

/** Once all is answered. */
const conclusion = ({ goods }: Readonly<Appointment>, kept: Kept, state: Kept['state']): AppointmentEvent[] => {
  const all = [...goods.values()].map((one) => (one === kept ? { ...one, state } : one));
  if (all.some((one) => one.state === 'asked')) return [];
  const missing = all.filter((one) => one.state === 'missing').map(({ reservation }) => goodsOf(reservation));
  return missing.length > 0
    ? [{ type: 'AppointmentIncomplete', data: { missing } }]
    : [{ type: 'AppointmentConfirmed', data: {} }];
};

const goodsOf = ({ sku, quantity }: AppointmentReservation): Goods => ({ sku, quantity });

export const lost = (
  { reservationId, reason }: Data<'LoseAppointmentGoods'>,
  one: Readonly<Appointment>,
): AppointmentEvent[] => {
  const kept = find(one, reservationId);
  if (kept?.state !== 'held' || one.status !== 'open') return [];
  return [{ type: 'AppointmentGoodsLost', data: { ...kept.reservation, reason } }];
};

const find = ({ goods }: Readonly<Appointment>, reservationId: string) =>
  goods.values().find(({ reservation }) => reservation.reservationId === reservationId);
