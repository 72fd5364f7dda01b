/**
 * Holds the goods for a visit at its store, from the booking to the end of the visit.
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
interface Asking {
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

export const appointments: Process<Asking, InputOf<typeof inputs>, AppointmentProcessCommand> = {
  name: 'appointments',
  inputs,
  instanceOf: ({ stream, event: { data } }) => ('owner' in data ? ownerOf('appointment', data) : idOf(stream)),
  react: (state, { event }, appointmentId) => {
    const open = state?.open ?? [];
    switch (event.type) {
      case 'AppointmentBooked':
        return ask(open, appointmentId, event.data);
      case 'StockReserved':
        return answered(open, { appointmentId, reservationId: event.data.reservationId });
      case 'StockReservationDeclined':
        return answered(open, {
          appointmentId,
          reservationId: event.data.reservationId,
          available: event.data.available,
        });
      case 'AppointmentRescheduled':
        return reschedule(open, appointmentId, event.data);
      case 'AppointmentGoodsReserved':
        return next(open, event.data.ended ? [giveBack(event.data)] : []);
      case 'ReservationReleased':
        return next(open, event.data.reason === GIVEN_BACK ? [] : [lose(appointmentId, event.data, event.data.reason)]);
      case 'ReservationExpired':
        return next(open, [lose(appointmentId, event.data, 'expired')]);
      case 'AppointmentCancelled':
      case 'AppointmentCompleted':
      case 'AppointmentMissed':
        return next(open, event.data.releases.map(giveBack));
      case 'CommandRefused':
        return refused(open, appointmentId, event.data);
    }
  },
};

/** The reason under which the appointment itself gives a reservation back: it knows of it already. */
const GIVEN_BACK = 'appointment-over';

type Outcome = Reaction<Asking, AppointmentProcessCommand>;

const next = (open: readonly string[], commands: readonly AppointmentProcessCommand[] = []): Outcome => ({
  state: open.length > 0 ? { open } : undefined,
  commands,
});

interface Asked {
  readonly asks: readonly AppointmentReservation[];
  readonly holdUntil: string;
}

const ask = (
  open: readonly string[],
  id: string,
  { asks, holdUntil }: Asked,
  before: readonly AppointmentProcessCommand[] = [],
): Outcome =>
  next(
    [...open, ...asks.map(({ reservationId }) => reservationId)],
    [...before, ...asks.map((one) => reserveUntil(holdUntil, { type: 'appointment', id }, one))],
  );

const reschedule = (
  open: readonly string[],
  id: string,
  { reservations, ...asked }: Asked & { readonly reservations: readonly AppointmentReservation[] },
): Outcome => {
  const extensions = reservations.map(({ reservationId, sku, locationId }): AppointmentProcessCommand => ({
    type: 'ExtendReservation',
    data: { sku, locationId, reservationId, expiresAt: asked.holdUntil },
  }));
  return ask(open, id, asked, extensions);
};

/** `available` says what the store has where it could not reserve. */
type GoodsAnswer = Named<AppointmentCommand, 'RecordAppointmentGoods'>['data'];

const answered = (open: readonly string[], data: GoodsAnswer): Outcome =>
  open.includes(data.reservationId)
    ? next(
        open.filter((one) => one !== data.reservationId),
        [{ type: 'RecordAppointmentGoods', data }],
      )
    : next(open);

const giveBack = (reservation: AppointmentReservation) => release(reservation, GIVEN_BACK);

const lose = (
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
      return answered(open, { appointmentId, reservationId: command.data.reservationId, available: 0 });
    case 'ReleaseReservation':
    case 'ExtendReservation': // the reservation has ended: its own event says so
    case 'RecordAppointmentGoods':
    case 'LoseAppointmentGoods':
      return next(open);
  }
};
