import { type Recorded } from '#event-store';
import { type StockEvent } from '#stock';
import { Checker, grown } from './checker.js';

type ReservationEvent = Exclude<
  Extract<StockEvent, { data: { reservationId: string } }>,
  { type: 'StockReservationDeclined' | 'BackorderFilled' }
>;

const isAboutReservation = (event: StockEvent): event is ReservationEvent =>
  'reservationId' in event.data && event.type !== 'StockReservationDeclined' && event.type !== 'BackorderFilled';

const ENDED = 0;

export class ReservationsEndOnce extends Checker {
  override readonly invariant = 'I2';
  override readonly title = 'each reservation starts once and ends at most once, and nothing comes after its end';
  override readonly categories = ['stock'];
  /** By stream: the units that each reservation holds, 0 once it has ended. */
  private readonly held = new Map<string, Map<string, number>>();

  override see(recorded: Recorded): void {
    const event = recorded.event as StockEvent;
    if (!isAboutReservation(event)) return;
    this.checked++;
    const reservations = grown(this.held, recorded.stream, () => new Map<string, number>());
    const { reservationId } = event.data;
    const before = reservations.get(reservationId);
    const wrong = event.type === 'StockReserved' ? wrongStart(event, before) : wrongChange(event, before);
    if (wrong !== undefined) this.fail(recorded, `Reservation ${reservationId} ${wrong}`);
    reservations.set(reservationId, after(event, before ?? ENDED));
  }
}

const wrongStart = ({ data }: Extract<ReservationEvent, { type: 'StockReserved' }>, before: number | undefined) => {
  if (before !== undefined) return 'starts a second time';
  return data.quantity > 0 ? undefined : `reserves nothing: ${data.quantity} units`;
};

const wrongChange = (event: ReservationEvent, before: number | undefined): string | undefined => {
  if (before === undefined) return `was never made, but there is a ${event.type}`;
  if (before === ENDED) return `has ended already, but there is a ${event.type}`;
  const units = unitsBefore(event);
  return units === undefined || units === before ? undefined : `holds ${before} units, but ${event.type} says ${units}`;
};

/** What the event says that the reservation held. */
const unitsBefore = ({ type, data }: ReservationEvent): number | undefined => {
  if (type === 'ReservationExtended') return undefined;
  return type === 'ReservationReduced' || type === 'ReservationPartlyConsumed' ? data.by + data.left : data.quantity;
};

const after = ({ type, data }: ReservationEvent, before: number): number => {
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
