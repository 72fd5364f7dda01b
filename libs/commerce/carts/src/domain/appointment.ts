/**
 * An appointment at a store, for which goods are reserved until its end and 30 minutes longer. Stream
 * `appointment-<appointmentId>`; times are ISO 8601 UTC, quantities sellable units.
 *
 * Stock answers each requested reservation. After the last answer the appointment is confirmed or incomplete; missing goods are
 * requested again when it is rescheduled.
 */
import {
  DomainError,
  KONTOR_NAMESPACE,
  laterBy,
  uuidv5,
  WIDENED,
  type DecisionCause,
  type Decider,
  type EventDefinition,
  type EventDefinitions,
  type Message,
  type Reasons,
} from '#kernel';

/** How long goods stay reserved for a customer who is late. */
const GRACE_MS = 30 * 60_000;

interface AppointmentGoods {
  readonly sku: string;
  readonly quantity: number;
}

export interface AppointmentReservation extends AppointmentGoods {
  readonly reservationId: string;
  readonly locationId: string;
}

/** Personal: sealed under the subject of the customer or guest. */
interface Contact {
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
}

interface Booking {
  readonly locationId: string;
  readonly at: string;
  readonly until: string;
  readonly customerId?: string;
  readonly contact?: Contact;
}

interface AppointmentTimes {
  readonly at: string;
  readonly until: string;
  /** Until when the goods are reserved; then the customer has missed the appointment. */
  readonly holdUntil: string;
}

export type AppointmentCommand =
  | Message<'BookAppointment', { appointmentId: string; lines: readonly AppointmentGoods[] } & Booking>
  | Message<'RescheduleAppointment', { appointmentId: string; at: string; until: string }>
  | Message<'CancelAppointment', { appointmentId: string } & Reasons>
  /** `orderId` is the order that the customer placed at the appointment, if there is one. */
  | Message<'CompleteAppointment', { appointmentId: string; orderId?: string }>
  /** Sent by a timer, which may be early: checked against `holdUntil`. */
  | Message<'MissAppointment', { appointmentId: string }>
  /** Sent by the process when stock has answered; `available` is set if it declined. */
  | Message<'RecordAppointmentGoods', { appointmentId: string; reservationId: string; available?: number }>
  /** Sent by the process when a reservation has ended in stock. */
  | Message<'LoseAppointmentGoods', { appointmentId: string; reservationId: string; reason: string }>;

export type AppointmentEvent =
  /** `asks` are the reservations that are requested from stock. */
  | Message<
      'AppointmentBooked',
      Booking & AppointmentTimes & { goods: readonly AppointmentGoods[]; asks: readonly AppointmentReservation[] }
    >
  /** `ended`: stock answered after the end of the appointment, and the reservation is to be released. */
  | Message<'AppointmentGoodsReserved', AppointmentReservation & { ended?: true }>
  | Message<'AppointmentGoodsMissing', AppointmentReservation & { available: number }>
  | Message<'AppointmentGoodsLost', AppointmentReservation & { reason: string }>
  /** All goods are reserved. */
  | Message<'AppointmentConfirmed'>
  /** All requests are answered, and some goods are missing. */
  | Message<'AppointmentIncomplete', { missing: readonly AppointmentGoods[] }>
  /** `asks` are requested again, `reservations` are to be extended. */
  | Message<
      'AppointmentRescheduled',
      AppointmentTimes & { asks: readonly AppointmentReservation[]; reservations: readonly AppointmentReservation[] }
    >
  | Message<'AppointmentCancelled', { releases: readonly AppointmentReservation[] } & Reasons>
  | Message<'AppointmentCompleted', { orderId?: string; releases: readonly AppointmentReservation[] }>
  | Message<'AppointmentMissed', { releases: readonly AppointmentReservation[] }>;

/** The fold changes it in place. */
interface Appointment {
  status: 'none' | 'open' | 'ended';
  locationId: string;
  at: string;
  until: string;
  holdUntil: string;
  /** Reservations requested so far: part of the id of the next one. */
  requestCount: number;
  /** By SKU. */
  readonly goods: Map<string, GoodsReservation>;
}

/** The reservation of one SKU; `requested` has no answer yet. */
interface GoodsReservation {
  readonly reservation: AppointmentReservation;
  state: 'requested' | 'reserved' | 'missing';
}

type Data<Type extends AppointmentCommand['type']> = Extract<AppointmentCommand, { type: Type }>['data'];

const decide = (
  { type, data }: AppointmentCommand,
  appointment: Readonly<Appointment>,
  { occurredAt, decidedAt }: DecisionCause,
): AppointmentEvent[] => {
  switch (type) {
    case 'BookAppointment':
      return book(data, appointment, occurredAt);
    case 'RescheduleAppointment':
      checkOpen(appointment);
      return reschedule(data, appointment, occurredAt);
    case 'CancelAppointment':
      return cancel(data, appointment);
    case 'CompleteAppointment':
      checkOpen(appointment);
      return complete(data.orderId, appointment);
    case 'MissAppointment':
      return miss(appointment, decidedAt);
    case 'RecordAppointmentGoods':
      return recordGoods(data, appointment);
    case 'LoseAppointmentGoods':
      return loseGoods(data, appointment);
  }
};

const book = (
  { appointmentId, lines, ...booking }: Data<'BookAppointment'>,
  { status }: Readonly<Appointment>,
  now: string,
): AppointmentEvent[] => {
  if (status !== 'none') throw new DomainError('appointment-exists', 'There is an appointment with this id');
  const { holdUntil } = checkTimes(booking, now);
  const unitsOf = new Map<string, number>();
  for (const { sku, quantity } of lines) unitsOf.set(sku, (unitsOf.get(sku) ?? 0) + quantity);
  const goods = [...unitsOf].map(([sku, quantity]) => ({ sku, quantity }));
  const asks = newReservations(appointmentId, booking.locationId, goods, 0);
  const booked: AppointmentEvent = { type: 'AppointmentBooked', data: { ...booking, holdUntil, goods, asks } };
  return asks.length > 0 ? [booked] : [booked, { type: 'AppointmentConfirmed', data: {} }];
};

/** @throws DomainError `appointment-in-past` */
const checkTimes = ({ at, until }: { at: string; until: string }, now: string): AppointmentTimes => {
  if (at < until && now < until) return { at, until, holdUntil: laterBy(until, GRACE_MS) };
  throw new DomainError('appointment-in-past', 'An appointment must end after it begins, and not in the past');
};

/** Ids follow from the appointment and the number of reservations before, so that a repeated command requests the same. */
const newReservations = (
  appointmentId: string,
  locationId: string,
  goods: readonly AppointmentGoods[],
  requestCount: number,
) =>
  goods.map(({ sku, quantity }, index): AppointmentReservation => ({
    reservationId: uuidv5(KONTOR_NAMESPACE, `appointment/${appointmentId}/${requestCount + index + 1}`),
    sku,
    locationId,
    quantity,
  }));

const reschedule = (
  { appointmentId, at, until }: Data<'RescheduleAppointment'>,
  appointment: Readonly<Appointment>,
  now: string,
): AppointmentEvent[] => {
  if (at === appointment.at && until === appointment.until) return [];
  const times = checkTimes({ at, until }, now);
  const missing = [...appointment.goods.values()].filter(({ state }) => state === 'missing');
  const missingGoods = missing.map(({ reservation }) => reservation);
  const asks = newReservations(appointmentId, appointment.locationId, missingGoods, appointment.requestCount);
  return [{ type: 'AppointmentRescheduled', data: { ...times, asks, reservations: activeReservations(appointment) } }];
};

const cancel = ({ reason, note }: Reasons, appointment: Readonly<Appointment>): AppointmentEvent[] => {
  if (appointment.status === 'ended') return [];
  checkOpen(appointment);
  const data = { reason, ...(note !== undefined && { note }), releases: activeReservations(appointment) };
  return [{ type: 'AppointmentCancelled', data }];
};

const complete = (orderId: string | undefined, appointment: Readonly<Appointment>): AppointmentEvent[] => {
  const releases = activeReservations(appointment);
  return [{ type: 'AppointmentCompleted', data: { ...(orderId !== undefined && { orderId }), releases } }];
};

const miss = (appointment: Readonly<Appointment>, now: string): AppointmentEvent[] => {
  if (appointment.status !== 'open' || appointment.holdUntil > now) return [];
  return [{ type: 'AppointmentMissed', data: { releases: activeReservations(appointment) } }];
};

const activeReservations = ({ goods }: Readonly<Appointment>) =>
  [...goods.values()].filter(({ state }) => state === 'reserved').map(({ reservation }) => reservation);

/** An answer to a reservation that is not requested has been recorded before. */
const recordGoods = (
  { reservationId, available }: Data<'RecordAppointmentGoods'>,
  appointment: Readonly<Appointment>,
): AppointmentEvent[] => {
  const answered = goodsWith(reservationId, appointment);
  if (answered?.state !== 'requested') return [];
  const { reservation } = answered;
  if (appointment.status === 'ended') {
    return available === undefined ? [{ type: 'AppointmentGoodsReserved', data: { ...reservation, ended: true } }] : [];
  }
  const state: GoodsReservation['state'] = available === undefined ? 'reserved' : 'missing';
  const after = [...appointment.goods.values()].map((goods) => (goods === answered ? { ...goods, state } : goods));
  const answer: AppointmentEvent =
    available === undefined
      ? { type: 'AppointmentGoodsReserved', data: reservation }
      : { type: 'AppointmentGoodsMissing', data: { ...reservation, available } };
  return [answer, ...conclude(after)];
};

/** After the last answer. */
const conclude = (goods: readonly Readonly<GoodsReservation>[]): AppointmentEvent[] => {
  if (goods.some(({ state }) => state === 'requested')) return [];
  const missing = goods
    .filter(({ state }) => state === 'missing')
    .map(({ reservation: { sku, quantity } }) => ({ sku, quantity }));
  return missing.length > 0
    ? [{ type: 'AppointmentIncomplete', data: { missing } }]
    : [{ type: 'AppointmentConfirmed', data: {} }];
};

/** A reservation that the appointment has released itself is not lost. */
const loseGoods = (
  { reservationId, reason }: Data<'LoseAppointmentGoods'>,
  appointment: Readonly<Appointment>,
): AppointmentEvent[] => {
  const lost = goodsWith(reservationId, appointment);
  if (lost?.state !== 'reserved' || appointment.status !== 'open') return [];
  return [{ type: 'AppointmentGoodsLost', data: { ...lost.reservation, reason } }];
};

const goodsWith = (reservationId: string, { goods }: Readonly<Appointment>) =>
  goods.values().find(({ reservation }) => reservation.reservationId === reservationId);

/** @throws DomainError `appointment-not-found`, `appointment-ended` */
const checkOpen = ({ status }: Readonly<Appointment>) => {
  if (status === 'none') throw new DomainError('appointment-not-found', 'There is no such appointment');
  if (status === 'ended') throw new DomainError('appointment-ended', 'The appointment is over or cancelled');
};

const evolve = (appointment: Appointment, { type, data }: AppointmentEvent): Appointment => {
  switch (type) {
    case 'AppointmentBooked':
      appointment.status = 'open';
      appointment.locationId = data.locationId;
      return setTimes(appointment, data);
    case 'AppointmentRescheduled':
      return setTimes(appointment, data);
    case 'AppointmentGoodsReserved':
      return setState(appointment, data.sku, 'reserved');
    case 'AppointmentGoodsMissing':
    case 'AppointmentGoodsLost':
      return setState(appointment, data.sku, 'missing');
    case 'AppointmentCancelled':
    case 'AppointmentCompleted':
    case 'AppointmentMissed':
      appointment.status = 'ended';
      return appointment;
    case 'AppointmentConfirmed':
    case 'AppointmentIncomplete':
      return appointment;
  }
};

const setTimes = (
  appointment: Appointment,
  { at, until, holdUntil, asks }: AppointmentTimes & { readonly asks: readonly AppointmentReservation[] },
) => {
  for (const reservation of asks) appointment.goods.set(reservation.sku, { reservation, state: 'requested' });
  const requestCount = appointment.requestCount + asks.length;
  return Object.assign(appointment, { at, until, holdUntil, requestCount });
};

const setState = (appointment: Appointment, sku: string, state: GoodsReservation['state']) => {
  const goods = appointment.goods.get(sku);
  if (!goods) throw new Error(`The appointment has no reservation of ${sku}`);
  goods.state = state;
  return appointment;
};

const decider: Decider<Appointment, AppointmentCommand, AppointmentEvent> = {
  initialState: () => ({
    status: 'none',
    locationId: '',
    at: '',
    until: '',
    holdUntil: '',
    requestCount: 0,
    goods: new Map(),
  }),
  decide,
  evolve,
};

const first: EventDefinition = { version: 1 };

const events: EventDefinitions<AppointmentEvent> = {
  AppointmentBooked: {
    version: 1,
    first: true,
    personal: { account: ['contact.name', 'contact.email', 'contact.phone'] },
  },
  AppointmentGoodsReserved: first,
  AppointmentGoodsMissing: first,
  AppointmentGoodsLost: first,
  AppointmentConfirmed: first,
  AppointmentIncomplete: first,
  AppointmentRescheduled: first,
  AppointmentCancelled: { version: 2, upcast: WIDENED, personal: { account: ['note'] } },
  AppointmentCompleted: first,
  AppointmentMissed: first,
};

const creates: AppointmentCommand['type'][] = ['BookAppointment'];

export const appointment = { category: 'appointment', decider, events, creates };
