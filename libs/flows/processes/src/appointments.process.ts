/** Goods for a visit are held at its store from the booking to its end, and given back however it ends. */
import { type AppointmentEvent, type AppointmentReservation } from '#carts';
import { type Happened, type Intent, type Process, type Reaction } from '#kernel';
import { type StockEvent } from '#stock';
import { type CommandRefused } from './command-refused.js';

type AnyEvent = AppointmentEvent | StockEvent | CommandRefused;

/** Reservations asked for, not yet answered. */
interface Asking {
  readonly open: readonly string[];
}

const GIVEN_BACK = 'appointment-over';

const next = (open: readonly string[], intents: readonly Intent[] = []): Reaction<Asking> => ({
  state: open.length > 0 ? { open } : undefined,
  intents,
});

const reserve =
  (appointmentId: string, expiresAt: string) =>
  (reservation: AppointmentReservation): Intent => ({
    type: 'ReserveStock',
    data: { ...reservation, kind: 'soft', owner: { type: 'appointment', id: appointmentId }, expiresAt },
  });

const release = ({ reservationId, sku, locationId }: AppointmentReservation): Intent => ({
  type: 'ReleaseReservation',
  data: { sku, locationId, reservationId, reason: GIVEN_BACK },
});

const extend =
  (expiresAt: string) =>
  ({ reservationId, sku, locationId }: AppointmentReservation): Intent => ({
    type: 'ExtendReservation',
    data: { sku, locationId, reservationId, expiresAt },
  });

const asksOf = (event: AppointmentEvent) =>
  event.type === 'AppointmentBooked' || event.type === 'AppointmentRescheduled' ? event.data.asks : [];

const intentsOf = (id: string, event: AppointmentEvent): readonly Intent[] => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- a process waits for few of many events
  switch (event.type) {
    case 'AppointmentBooked':
      return event.data.asks.map(reserve(id, event.data.holdUntil));
    case 'AppointmentRescheduled': {
      const { asks, reservations, holdUntil } = event.data;
      return [...reservations.map(extend(holdUntil)), ...asks.map(reserve(id, holdUntil))];
    }
    case 'AppointmentGoodsReserved':
      return event.data.ended ? [release(event.data)] : [];
    case 'AppointmentCancelled':
    case 'AppointmentCompleted':
    case 'AppointmentMissed':
      return event.data.releases.map(release);
    default:
      return [];
  }
};

/** What the stock says to an appointment. */
const told = (open: readonly string[], appointmentId: string, event: AnyEvent): Reaction<Asking> => {
  const answered = (reservationId: string, facts: object = {}) =>
    open.includes(reservationId)
      ? next(
          open.filter((one) => one !== reservationId),
          [{ type: 'RecordAppointmentGoods', data: { appointmentId, reservationId, ...facts } }],
        )
      : next(open);
  const lost = (reservationId: string, reason: string) =>
    next(open, [{ type: 'LoseAppointmentGoods', data: { appointmentId, reservationId, reason } }]);
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- a process waits for few of many events
  switch (event.type) {
    case 'StockReserved':
      return answered(event.data.reservationId);
    case 'StockReservationDeclined':
      return answered(event.data.reservationId, { available: event.data.available });
    case 'CommandRefused': {
      const { command, reservationId = '' } = event.data;
      return command === 'ReserveStock' ? answered(reservationId, { available: 0 }) : next(open);
    }
    case 'ReservationReleased':
      return event.data.reason === GIVEN_BACK ? next(open) : lost(event.data.reservationId, event.data.reason);
    case 'ReservationExpired':
      return lost(event.data.reservationId, 'expired');
    default:
      return next(open);
  }
};

const idIn = (stream: string) => stream.slice(stream.indexOf('-') + 1);

const ownerOf = (event: AnyEvent) =>
  'owner' in event.data && event.data.owner.type === 'appointment' ? event.data.owner.id : undefined;

const isAppointments = (event: AnyEvent): event is AppointmentEvent => event.type.startsWith('Appointment');

export const appointments: Process<Asking, AnyEvent> = {
  name: 'appointments',
  categories: ['appointment', 'stock'],
  instanceOf: ({ stream, event }: Happened<AnyEvent>) =>
    stream.startsWith('appointment-') ? idIn(stream) : ownerOf(event),
  react: (state, { event, stream }) => {
    const open = state?.open ?? [];
    if (!isAppointments(event)) return told(open, ownerOf(event) ?? idIn(stream), event);
    const asks = asksOf(event).map(({ reservationId }) => reservationId);
    return next([...open, ...asks], intentsOf(idIn(stream), event));
  },
};
