/** A visit to a store for which chosen goods are held there until its end and a little longer. */
import { DomainError, type Cause, type Decider, type EventDefinition, type EventDefinitions } from '#kernel';
import { answered, asksFor, heldBy, lost, type Appointment, type Kept } from './appointment-goods.js';
import {
  type AppointmentCommand,
  type AppointmentEvent,
  type AppointmentReservation,
  type Goods,
} from './appointment-messages.js';

export * from './appointment-messages.js';

/** How long after its end goods are held for somebody who is late. */
const GRACE_MS = 30 * 60_000;

type Data<Type extends AppointmentCommand['type']> = Extract<AppointmentCommand, { type: Type }>['data'];

const decide = ({ type, data }: AppointmentCommand, one: Readonly<Appointment>, cause: Cause): AppointmentEvent[] => {
  const { occurredAt: now } = cause;
  switch (type) {
    case 'BookAppointment':
      return book(data, one, now);
    case 'RescheduleAppointment':
      mustBeOpen(one);
      return reschedule(data, one, now);
    case 'CancelAppointment':
      if (one.status === 'ended') return [];
      mustBeOpen(one);
      return [{ type: 'AppointmentCancelled', data: { reason: data.reason, releases: heldBy(one) } }];
    case 'CompleteAppointment': {
      mustBeOpen(one);
      const order = data.orderId === undefined ? {} : { orderId: data.orderId };
      return [{ type: 'AppointmentCompleted', data: { ...order, releases: heldBy(one) } }];
    }
    case 'MissAppointment':
      return one.status === 'open' && one.holdUntil <= now
        ? [{ type: 'AppointmentMissed', data: { releases: heldBy(one) } }]
        : [];
    case 'RecordAppointmentGoods':
      return answered(data, one);
    case 'LoseAppointmentGoods':
      return lost(data, one);
  }
};

const book = (
  { appointmentId, lines, ...details }: Data<'BookAppointment'>,
  one: Readonly<Appointment>,
  now: string,
) => {
  if (one.status !== 'none') throw new DomainError('appointment-exists', 'There is an appointment of this id');
  const { holdUntil } = checked(details, now);
  const goods = new Map<string, number>();
  for (const { sku, quantity } of lines) goods.set(sku, (goods.get(sku) ?? 0) + quantity);
  const wanted = [...goods].map(([sku, quantity]) => ({ sku, quantity }));
  const asks = asksFor(appointmentId, details.locationId, wanted, 0);
  const booked: AppointmentEvent = { type: 'AppointmentBooked', data: { ...details, holdUntil, goods: wanted, asks } };
  return asks.length > 0 ? [booked] : [booked, { type: 'AppointmentConfirmed', data: {} } as const];
};

/** @throws DomainError `appointment-in-past` */
const checked = ({ at, until }: { at: string; until: string }, now: string) => {
  if (at < until && now < until) return { at, until, holdUntil: new Date(Date.parse(until) + GRACE_MS).toISOString() };
  throw new DomainError('appointment-in-past', 'An appointment ends after it begins, and not before now');
};

/** What was missing is asked for again. */
const reschedule = (wanted: Data<'RescheduleAppointment'>, one: Readonly<Appointment>, now: string) => {
  const { at, until } = wanted;
  if (at === one.at && until === one.until) return [];
  const times = checked(wanted, now);
  const missing = [...one.goods.values()].filter(({ state }) => state === 'missing').map((kept) => kept.reservation);
  const asks = asksFor(wanted.appointmentId, one.locationId, missing, one.asks);
  return [{ type: 'AppointmentRescheduled', data: { ...times, asks, reservations: heldBy(one) } } as const];
};

/** @throws DomainError `appointment-not-found`, `appointment-ended` */
const mustBeOpen = ({ status }: Readonly<Appointment>) => {
  if (status === 'none') throw new DomainError('appointment-not-found', 'There is no such appointment');
  if (status === 'ended') throw new DomainError('appointment-ended', 'The appointment is over or cancelled');
};

const evolve = (one: Appointment, { type, data }: AppointmentEvent): Appointment => {
  switch (type) {
    case 'AppointmentBooked':
      Object.assign(one, { status: 'open', locationId: data.locationId });
      return move(one, data);
    case 'AppointmentRescheduled':
      return move(one, data);
    case 'AppointmentGoodsReserved':
      return mark(one, data, 'held');
    case 'AppointmentGoodsMissing':
    case 'AppointmentGoodsLost':
      return mark(one, data, 'missing');
    case 'AppointmentCancelled':
    case 'AppointmentCompleted':
    case 'AppointmentMissed':
      one.status = 'ended';
      return one;
    case 'AppointmentConfirmed':
    case 'AppointmentIncomplete':
      return one;
  }
};

type Times = Pick<Appointment, 'at' | 'until' | 'holdUntil'> & { readonly asks: readonly AppointmentReservation[] };

const move = (one: Appointment, { at, until, holdUntil, asks }: Times) => {
  for (const reservation of asks) one.goods.set(reservation.sku, { reservation, state: 'asked' });
  return Object.assign(one, { at, until, holdUntil, asks: one.asks + asks.length });
};

const mark = (one: Appointment, { sku }: Goods, state: Kept['state']) => {
  const kept = one.goods.get(sku);
  if (kept) kept.state = state;
  return one;
};

const decider: Decider<Appointment, AppointmentCommand, AppointmentEvent> = {
  initialState: () => ({ status: 'none', locationId: '', at: '', until: '', holdUntil: '', asks: 0, goods: new Map() }),
  decide,
  evolve,
};

const first: EventDefinition = { version: 1 };

const events: EventDefinitions<AppointmentEvent> = {
  AppointmentBooked: { version: 1, first: true, personal: ['contact.name', 'contact.email', 'contact.phone'] },
  AppointmentGoodsReserved: first,
  AppointmentGoodsMissing: first,
  AppointmentGoodsLost: first,
  AppointmentConfirmed: first,
  AppointmentIncomplete: first,
  AppointmentRescheduled: first,
  AppointmentCancelled: first,
  AppointmentCompleted: first,
  AppointmentMissed: first,
};

const creates: AppointmentCommand['type'][] = ['BookAppointment'];

export const appointment = { category: 'appointment', decider, events, creates };
