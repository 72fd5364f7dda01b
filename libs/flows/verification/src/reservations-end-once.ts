import { type Recorded } from '#event-store';
import { type StockEvent } from '#stock';
import { Checker, getOrCreate } from './checker.js';
import { invariants } from './invariants.js';

type ReservationEvent = Exclude<
  Extract<StockEvent, { data: { reservationId: string } }>,
  { type: 'StockReservationDeclined' | 'BackorderFilled' }
>;

const isReservationEvent = (event: StockEvent): event is ReservationEvent =>
  'reservationId' in event.data && event.type !== 'StockReservationDeclined' && event.type !== 'BackorderFilled';

const ENDED = 0;

export class ReservationsEndOnce extends Checker {
  override readonly invariant = invariants.reservationsEndOnce;
  /** By stream and reservation id: the units that the reservation holds, {@link ENDED} once it has ended. */
  private readonly reservedUnits = new Map<string, Map<string, number>>();

  override check(recorded: Recorded): void {
    const event = recorded.event as StockEvent;
    if (!isReservationEvent(event)) return;
    this.checked++;
    const reservations = getOrCreate(this.reservedUnits, recorded.stream, () => new Map<string, number>());
    const { reservationId } = event.data;
    const before = reservations.get(reservationId);
    const fault = event.type === 'StockReserved' ? faultInStart(event, before) : faultInChange(event, before);
    if (fault !== undefined) this.report(recorded, `Reservation ${reservationId} ${fault}`);
    reservations.set(reservationId, unitsAfter(event, before ?? ENDED));
  }
}

const faultInStart = ({ data }: Extract<ReservationEvent, { type: 'StockReserved' }>, before: number | undefined) => {
  if (before !== undefined) return 'starts a second time';
  return data.quantity > 0 ? undefined : `reserves nothing: ${data.quantity} units`;
};

const faultInChange = (event: ReservationEvent, before: number | undefined): string | undefined => {
  if (before === undefined) return `was never made, but there is a ${event.type}`;
  if (before === ENDED) return `has ended already, but there is a ${event.type}`;
  const stated = statedUnitsBefore(event);
  return stated === undefined || stated === before
    ? undefined
    : `holds ${before} units, but ${event.type} says ${stated}`;
};

/** The units that the reservation had held according to the event. */
const statedUnitsBefore = ({ type, data }: ReservationEvent): number | undefined => {
  if (type === 'ReservationExtended') return undefined;
  return type === 'ReservationReduced' || type === 'ReservationPartlyConsumed' ? data.by + data.left : data.quantity;
};

const unitsAfter = ({ type, data }: ReservationEvent, before: number): number => {
  switch (type) {
    case 'StockReserved':
      return data.quantity;
    case 'ReservationReduced':
    case 'ReservationPartlyConsumed':
      return data.left;
    case 'ReservationExtended':
    case 'ReservationFirmed':
      return before;
    case 'ReservationReleased':
    case 'ReservationExpired':
    case 'ReservationConsumed':
      return ENDED;
  }
};
