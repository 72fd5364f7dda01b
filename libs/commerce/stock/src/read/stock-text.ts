import { type StockEvent } from '../domain/stock-item.js';

/**
 * Describes an event in a sentence for people, without personal data. The order timeline stores the sentences: a change of one
 * needs a new version of that read model.
 */
export const stockText = ({ type, data }: StockEvent, sku: string, locationId: string): string => {
  const units = (quantity: number) => `${quantity} × ${sku}`;
  switch (type) {
    case 'StockReceived':
      return `${units(data.quantity)} received at ${locationId} (${data.ref})`;
    case 'StockCounted':
      return `${units(data.counted)} counted at ${locationId} as of ${data.asOf} (${data.countId})`;
    case 'StockAdjusted':
      return `${sku} at ${locationId} corrected by ${signed(data.delta)}: ${data.reason} (${data.ref})`;
    case 'StockMadeUnavailable':
      return `${units(data.quantity)} taken out of sale at ${locationId}: ${data.reason} (${data.ref})`;
    case 'StockMadeAvailable':
      return `${units(data.quantity)} back on sale at ${locationId}, no longer ${data.reason} (${data.ref})`;
    case 'IncomingStockAnnounced':
      return `${units(data.quantity)} announced for ${locationId} by ${data.eta} (${data.ref})`;
    case 'IncomingStockChanged':
      if (data.quantity === 0) return `${sku} is no longer expected at ${locationId} (${data.ref})`;
      return `${units(data.quantity)} now expected at ${locationId} by ${data.eta} (${data.ref})`;
    case 'IncomingStockArrived':
      return `${units(data.quantity)} no longer expected at ${locationId}: arrived (${data.ref})`;
    case 'BackorderLimitSet':
      return `Up to ${units(data.limit)} may be promised beyond the stock at ${locationId}`;
    case 'StockReserved':
      return `${units(data.quantity)} reserved at ${locationId}${expiryNote(data)}${backorderNote(data)}`;
    case 'StockReservationDeclined':
      return `${units(data.quantity)} not reserved at ${locationId}: ${data.available} available`;
    case 'ReservationExtended':
      return `Reservation ${data.reservationId} of ${sku} at ${locationId} extended until ${data.expiresAt}`;
    case 'ReservationFirmed':
      return `Reservation of ${units(data.quantity)} at ${locationId} made firm`;
    case 'ReservationReduced':
      return `${units(data.by)} given back at ${locationId}, ${data.left} still reserved`;
    case 'ReservationPartlyConsumed':
      return `${units(data.by)} of a reservation at ${locationId} used, ${data.left} still reserved (${data.ref})`;
    case 'BackorderFilled':
      return `${units(data.quantity)} at ${locationId} came in for a waiting reservation, ${data.left} still to come`;
    case 'ReservationReleased':
      return `${units(data.quantity)} released at ${locationId}: ${data.reason}`;
    case 'ReservationExpired':
      return `Reservation of ${units(data.quantity)} at ${locationId} expired`;
    case 'ReservationConsumed':
      return `Reservation of ${units(data.quantity)} at ${locationId} used (${data.ref})`;
    case 'StockIssued':
      return `${units(data.quantity)} left ${locationId}: ${data.cause} (${data.ref})`;
    case 'StockRestocked':
      return `${units(data.quantity)} returned to ${locationId}: ${data.disposition} (${data.returnId})`;
    case 'StockShortfallDetected':
      return `${units(data.short)} missing at ${locationId}, ${data.affectedReservations.length} reservations affected`;
  }
};

const expiryNote = ({ expiresAt }: { expiresAt?: string }) => (expiresAt === undefined ? '' : ` until ${expiresAt}`);

const backorderNote = ({ backordered }: { backordered?: number }) =>
  backordered === undefined ? '' : `, ${backordered} still to come`;

const signed = (delta: number) => (delta > 0 ? `+${delta}` : String(delta));
