/**
 * Books goods that leave out of the stock in which they were reserved.
 *
 *   1. A parcel is shipped, or goods are handed over.
 *   2. Stock consumes the reservations of the units.
 *   3. Units whose reservation has ended have left all the same: they are recorded as an issue.
 *   4. Once the goods are with the buyer or the carrier, the order records the units as fulfilled.
 *
 *   ParcelShipped, HandedOver ──▶ [consuming] ──▶ every reservation has been answered
 */
import { idOf } from '#event-store';
import { fulfillment, type FulfillmentEvent } from '#fulfillment';
import { type Named } from '#kernel';
import { type OrderCommand } from '#orders';
import {
  COMPLETE,
  eventsOf,
  remember,
  type CommandRefused,
  type InputOf,
  type Process,
  type Reaction,
} from '#process-manager';
import { stockItem, type StockItemCommand } from '#stock';
import { FULFILLMENT_HOLDS, INVENTORY_CHANGES, LOCATION_WORK, SHIPMENT_ANSWERS } from '../event-groups.js';
import { unitsByReservation } from '../lines.js';
import { parkOnRefusal } from '../refusals.js';

/** Reservations that stock was asked to consume and has not answered yet. */
interface Consuming {
  readonly fulfillmentId: string;
  readonly open: readonly Issue[];
}

interface Issue {
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
}

const inputs = eventsOf([fulfillment, stockItem]).except(
  ...LOCATION_WORK,
  ...FULFILLMENT_HOLDS,
  ...SHIPMENT_ANSWERS,
  'FulfillmentAssigned',
  'FulfillmentRejected',
  'FulfillmentLinesCancelled',
  'PickupExpired',
  ...INVENTORY_CHANGES,
  'StockReserved',
  'StockReservationDeclined',
  'BackorderFilled',
  'ReservationExtended',
  'ReservationFirmed',
  'ReservationReduced',
  'ReservationReleased',
  'ReservationExpired',
);

type GoodsLeftCommand = StockItemCommand<'ConsumeReservation' | 'RecordStockIssue'> | RecordFulfillment;
type RecordFulfillment = Named<OrderCommand, 'RecordFulfillment'>;
type Outcome = Reaction<Consuming, GoodsLeftCommand>;

export const whenGoodsLeftThenBook: Process<Consuming, InputOf<typeof inputs>, GoodsLeftCommand> = {
  name: 'book-goods-left',
  inputs,
  instanceOf: ({ event, stream }) =>
    event.type === 'ParcelShipped' || event.type === 'HandedOver' ? idOf(stream) : event.data.ref,
  react: (state, { event }, fulfillmentId) => {
    switch (event.type) {
      case 'ParcelShipped':
      case 'HandedOver':
        return bookOut(fulfillmentId, event);
      case 'ReservationConsumed':
      case 'ReservationPartlyConsumed':
        return state ? withAnswer(state, event.data.reservationId) : COMPLETE;
      case 'CommandRefused':
        return state ? refused(state, event.data) : parkOnRefusal(event.data);
    }
  },
};

/** Goods that were shipped to a pickup store have left their stock already. */
const bookOut = (
  fulfillmentId: string,
  { type, data }: Named<FulfillmentEvent, 'ParcelShipped' | 'HandedOver'>,
): Outcome => {
  const { orderId, locationId, lines } = data;
  const issues = type === 'HandedOver' && data.shippedHere ? [] : issuesOf(locationId, lines);
  const arrives = type === 'HandedOver' || data.pickupAt === undefined;
  return {
    state: issues.length > 0 ? { fulfillmentId, open: issues } : undefined,
    commands: [
      ...issues.map((issue): GoodsLeftCommand => ({
        type: 'ConsumeReservation',
        data: { ...issue, ref: fulfillmentId },
      })),
      ...(arrives ? [recordFulfillment(orderId, fulfillmentId, lines)] : []),
    ],
  };
};

type Lines = Named<FulfillmentEvent, 'ParcelShipped'>['data']['lines'];

const issuesOf = (locationId: string, lines: Lines): Issue[] =>
  unitsByReservation(lines).map(({ reservationId, sku, quantity }) => ({ reservationId, sku, locationId, quantity }));

const recordFulfillment = (orderId: string, fulfillmentId: string, units: Lines): RecordFulfillment => {
  const reservations = unitsByReservation(units).map(({ reservationId, lines }) => ({ reservationId, lines }));
  return { type: 'RecordFulfillment', data: { orderId, fulfillmentId, reservations } };
};

const withAnswer = (state: Consuming, reservationId: string, commands: readonly GoodsLeftCommand[] = []): Outcome => {
  const open = state.open.filter((one) => one.reservationId !== reservationId);
  return { state: open.length > 0 ? { ...state, open } : undefined, commands };
};

const refused = (state: Consuming, refusal: CommandRefused<GoodsLeftCommand>['data']): Outcome => {
  const { command } = refusal;
  switch (command.type) {
    case 'ConsumeReservation': {
      const issue = state.open.find(({ reservationId }) => reservationId === command.data.reservationId);
      return issue ? withAnswer(state, issue.reservationId, [recordIssue(state, issue)]) : remember(state);
    }
    case 'RecordStockIssue':
    case 'RecordFulfillment':
      return parkOnRefusal(refusal);
  }
};

const recordIssue = ({ fulfillmentId }: Consuming, { sku, locationId, quantity }: Issue): GoodsLeftCommand => ({
  type: 'RecordStockIssue',
  data: { sku, locationId, quantity, cause: 'fulfillment', ref: fulfillmentId },
});
