/** What is said to and by an appointment: stream `appointment-<appointmentId>`. */
import { type Message } from '#kernel';

export interface Goods {
  readonly sku: string;
  readonly quantity: number;
}

export interface AppointmentReservation extends Goods {
  readonly reservationId: string;
  readonly locationId: string;
}

/** Personal: stored encrypted under the customer's or guest's subject. */
interface Contact {
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
}

interface Booking {
  readonly locationId: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly until: string;
  readonly customerId?: string;
  readonly contact?: Contact;
}

interface Times {
  readonly at: string;
  readonly until: string;
  /** Goods are held, and the customer is waited for, until then. */
  readonly holdUntil: string;
}

export type AppointmentCommand =
  | Message<'BookAppointment', { appointmentId: string; lines: readonly Goods[] } & Booking>
  | Message<'RescheduleAppointment', { appointmentId: string; at: string; until: string }>
  | Message<'CancelAppointment', { appointmentId: string; reason: string }>
  /** `orderId`: what was bought, if anything was. */
  | Message<'CompleteAppointment', { appointmentId: string; orderId?: string }>
  /** Sent by the timer; checked again. */
  | Message<'MissAppointment', { appointmentId: string }>
  /** Of the process: `available` where the store could not give it. */
  | Message<'RecordAppointmentGoods', { appointmentId: string; reservationId: string; available?: number }>
  | Message<'LoseAppointmentGoods', { appointmentId: string; reservationId: string; reason: string }>;

export type AppointmentEvent =
  | Message<'AppointmentBooked', Booking & Times & { goods: readonly Goods[]; asks: readonly AppointmentReservation[] }>
  /** `ended`: the answer came after the appointment was over; it is given back. */
  | Message<'AppointmentGoodsReserved', AppointmentReservation & { ended?: true }>
  | Message<'AppointmentGoodsMissing', AppointmentReservation & { available: number }>
  | Message<'AppointmentGoodsLost', AppointmentReservation & { reason: string }>
  /** All goods are held. */
  | Message<'AppointmentConfirmed'>
  | Message<'AppointmentIncomplete', { missing: readonly Goods[] }>
  | Message<
      'AppointmentRescheduled',
      Times & { asks: readonly AppointmentReservation[]; reservations: readonly AppointmentReservation[] }
    >
  | Message<'AppointmentCancelled', { reason: string; releases: readonly AppointmentReservation[] }>
  | Message<'AppointmentCompleted', { orderId?: string; releases: readonly AppointmentReservation[] }>
  | Message<'AppointmentMissed', { releases: readonly AppointmentReservation[] }>;
