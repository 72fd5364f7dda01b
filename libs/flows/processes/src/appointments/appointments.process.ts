/**
 * Reserves goods in a store for an appointment, from the booking to the end of the visit.
 *
 *   1. AppointmentBooked      → ReserveStock for each ask, until the end of the hold
 *   2. StockReserved, StockReservationDeclined → RecordAppointmentGoods
 *   3. AppointmentRescheduled → ExtendReservation, and ReserveStock for what was missing
 *   4. A reservation that ends otherwise → LoseAppointmentGoods
 *   5. AppointmentCancelled, AppointmentCompleted, AppointmentMissed → ReleaseReservation
 *
 *   AppointmentBooked ──▶ [asking] ──▶ every reservation has been answered
 */
import { appointment, type AppointmentCommand, type AppointmentReservation } from '#carts';
import { idOf } from '#event-store';
import { type Named } from '#kernel';
import { eventsOf, type CommandRefused, type InputOf, type Process, type Reaction } from '#process-manager';
import { stockItem, type StockItemCommand } from '#stock';
import { INVENTORY_CHANGES, RESERVATION_CHANGES } from '../event-groups.js';
import { ownerOf, release, reserveUntil, type ReleaseReservation, type ReserveStock } from '../reservations.js';

/** Ids of reservations that stock has not answered yet. */
interface PendingReservations {
  readonly open: readonly string[];
}

const inputs = eventsOf([appointment, stockItem]).except(
  'AppointmentGoodsMissing',
  'AppointmentGoodsLost',
  'AppointmentConfirmed',
  'AppointmentIncomplete',
  ...INVENTORY_CHANGES,
  ...RESERVATION_CHANGES,
  'ReservationConsumed',
);

type AppointmentProcessCommand =
  | ReserveStock
  | ReleaseReservation
  | StockItemCommand<'ExtendReservation'>
  | Named<AppointmentCommand, 'RecordAppointmentGoods' | 'LoseAppointmentGoods'>;

export const appointments: Process<PendingReservations, InputOf<typeof inputs>, AppointmentProcessCommand> = {
  name: 'appointments',
  inputs,
  instanceOf: ({ stream, event: { data } }) => ('owner' in data ? ownerOf('appointment', data) : idOf(stream)),
  react: (state, { event }, appointmentId) => {
    const open = state?.open ?? [];
    switch (event.type) {
      case 'AppointmentBooked':
        return requestReservations(open, appointmentId, event.data);
      case 'StockReserved':
        return recordAnswer(open, { appointmentId, reservationId: event.data.reservationId });
      case 'StockReservationDeclined':
        return recordAnswer(open, {
          appointmentId,
          reservationId: event.data.reservationId,
          available: event.data.available,
        });
      case 'AppointmentRescheduled':
        return reschedule(open, appointmentId, event.data);
      case 'AppointmentGoodsReserved':
        return withPending(open, event.data.ended ? [releaseGoods(event.data)] : []);
      case 'ReservationReleased':
        return withPending(
          open,
          event.data.reason === RELEASED_BY_APPOINTMENT
            ? []
            : [recordLoss(appointmentId, event.data, event.data.reason)],
        );
      case 'ReservationExpired':
        return withPending(open, [recordLoss(appointmentId, event.data, 'expired')]);
      case 'AppointmentCancelled':
      case 'AppointmentCompleted':
      case 'AppointmentMissed':
        return withPending(open, event.data.releases.map(releaseGoods));
      case 'CommandRefused':
        return refused(open, appointmentId, event.data);
    }
  },
};

/** The reason of releases that the appointment itself has requested and need not be informed of. */
const RELEASED_BY_APPOINTMENT = 'appointment-over';

type Outcome = Reaction<PendingReservations, AppointmentProcessCommand>;

const withPending = (open: readonly string[], commands: readonly AppointmentProcessCommand[] = []): Outcome => ({
  state: open.length > 0 ? { open } : undefined,
  commands,
});

interface RequestedGoods {
  readonly asks: readonly AppointmentReservation[];
  readonly holdUntil: string;
}

const requestReservations = (
  open: readonly string[],
  id: string,
  { asks, holdUntil }: RequestedGoods,
  before: readonly AppointmentProcessCommand[] = [],
): Outcome =>
  withPending(
    [...open, ...asks.map(({ reservationId }) => reservationId)],
    [...before, ...asks.map((one) => reserveUntil(holdUntil, { type: 'appointment', id }, one))],
  );

const reschedule = (
  open: readonly string[],
  id: string,
  { reservations, ...asked }: RequestedGoods & { readonly reservations: readonly AppointmentReservation[] },
): Outcome => {
  const extensions = reservations.map(({ reservationId, sku, locationId }): AppointmentProcessCommand => ({
    type: 'ExtendReservation',
    data: { sku, locationId, reservationId, expiresAt: asked.holdUntil },
  }));
  return requestReservations(open, id, asked, extensions);
};

/** `available` is set if the store could not reserve the goods. */
type GoodsAnswer = Named<AppointmentCommand, 'RecordAppointmentGoods'>['data'];

const recordAnswer = (open: readonly string[], data: GoodsAnswer): Outcome =>
  open.includes(data.reservationId)
    ? withPending(
        open.filter((one) => one !== data.reservationId),
        [{ type: 'RecordAppointmentGoods', data }],
      )
    : withPending(open);

const releaseGoods = (reservation: AppointmentReservation) => release(reservation, RELEASED_BY_APPOINTMENT);

const recordLoss = (
  appointmentId: string,
  { reservationId }: { readonly reservationId: string },
  reason: string,
): AppointmentProcessCommand => ({ type: 'LoseAppointmentGoods', data: { appointmentId, reservationId, reason } });

const refused = (
  open: readonly string[],
  appointmentId: string,
  { command }: CommandRefused<AppointmentProcessCommand>['data'],
): Outcome => {
  switch (command.type) {
    case 'ReserveStock':
      return recordAnswer(open, { appointmentId, reservationId: command.data.reservationId, available: 0 });
    case 'ReleaseReservation':
    case 'ExtendReservation': // the reservation has ended: its own event says so
    case 'RecordAppointmentGoods':
    case 'LoseAppointmentGoods':
      return withPending(open);
  }
};
