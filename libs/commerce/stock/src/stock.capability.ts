import { capability, conflict, contradiction, missing } from '#capability';
import { answerOf } from '#projections';
import { commandNotes } from './command-notes.js';
import { kit } from './domain/kit.js';
import { stockItem } from './domain/stock-item.js';
import { transfer } from './domain/transfer.js';
import { Availability, skuAvailabilitySchema } from './read/availability.js';
import { stockBiViews } from './read/bi-views.js';
import { stockExplanationSchema } from './read/explain-stock.js';
import { KitDirectory, knownKitSchema } from './read/kit-directory.js';
import { kits } from './read/kits.projection.js';
import { openReservations } from './read/open-reservations.projection.js';
import { stockBalances } from './read/stock-balance.projection.js';
import { StockHistory } from './read/stock-history.js';
import { reservationSchema, StockLevels } from './read/stock-levels.js';
import { stockMovements } from './read/stock-movements.projection.js';
import { stockPosition, stockPositionColumns } from './read/stock-position.projection.js';
import { transferColumns, transfers } from './read/transfers.projection.js';
import { StockModule } from './stock.module.js';
import { kitCommands } from './write/kit-commands.js';
import { stockCommands, stockRoutes } from './write/stock-commands.js';
import { transferCommands, transferRoutes } from './write/transfer-commands.js';

export const stockCapability = capability('stock', {
  streams: [stockItem, transfer, kit],
  commands: [...stockCommands, ...transferCommands, ...kitCommands],
  commandNotes,
  processCommands: { ...stockRoutes, ...transferRoutes },
  readModels: [stockPosition, stockBalances, openReservations, stockMovements, transfers, kits],
  views: stockBiViews,
  feed: {
    stock: {
      scope: 'stock:read',
      audience: 'every-channel',
      hidden: ['owner', 'reservationId', 'affectedReservations'],
    },
    transfer: { scope: 'stock:read', audience: 'every-channel' },
    kit: { scope: 'stock:read', audience: 'every-channel' },
  },
  modules: { api: StockModule, worker: StockModule },
  answers: {
    Availability: skuAvailabilitySchema,
    StockPosition: answerOf(stockPositionColumns),
    StockExplanation: stockExplanationSchema,
    Reservation: reservationSchema,
    Kit: knownKitSchema,
    Transfer: answerOf(transferColumns),
  },
  queries: [Availability, StockLevels, StockHistory],
  inMemoryViews: [KitDirectory],
  published: {
    topic: 'kontor.stock.v1',
    events: {
      StockReceived: 1,
      StockCounted: 1,
      StockAdjusted: 1,
      StockMadeUnavailable: 1,
      StockMadeAvailable: 1,
      IncomingStockAnnounced: 1,
      IncomingStockChanged: 1,
      IncomingStockArrived: 1,
      BackorderLimitSet: 1,
      StockReserved: 1,
      BackorderFilled: 1,
      StockReservationDeclined: 1,
      ReservationExtended: 1,
      ReservationFirmed: 1,
      ReservationReduced: 1,
      ReservationReleased: 1,
      ReservationExpired: 1,
      ReservationConsumed: 1,
      ReservationPartlyConsumed: 1,
      StockIssued: 1,
      StockRestocked: 1,
      StockShortfallDetected: 1,
      KitDefined: 1,
      KitRetired: 1,
      TransferRequested: 1,
      TransferConfirmed: 1,
      TransferCancelled: 1,
      TransferShipped: 1,
      TransferReceived: 1,
      TransferClosed: 1,
    },
  },
  problems: {
    'kit-nested': conflict('A kit is made of plain SKUs: name their components instead, or retire the other kit.'),
    'kit-not-found': missing('The SKU was never a kit.'),
    'transfer-not-found': missing('There is no such transfer.'),
    'reservation-not-found': missing('There never was such a reservation at this place.'),
    'incoming-not-found': missing('No delivery was announced under this reference, or it has arrived.'),
    'fact-id-reused': contradiction(
      'Another fact was booked under this factId (of a till sale: till, receipt and line). Correct it with AdjustStock.',
    ),
    'insufficient-stock': conflict('Fewer units are available at the location than were asked for: see available.'),
    'not-enough-stock': conflict('Fewer units are there than the command needs: see available.'),
    'reservation-of-order': conflict(
      'The reservation belongs to an order, cart, appointment or transfer and moves with that: see ownerType and ownerId.',
    ),
    'reservation-ended': conflict('The reservation was released, expired or consumed before.'),
    'reservation-exists': conflict('There is a reservation of this id at this place, of another buyer or channel.'),
    'expiry-passed': conflict('It would have ended before it began.'),
    'location-inactive': conflict('The location is paused: it takes no new reservations.'),
    'count-stale': conflict('A newer count of this source was recorded before.'),
    'count-too-old': conflict('The count is older than the movements that are remembered.'),
    'count-in-future': conflict('The count claims to be of a time that has not come.'),
    'transfer-exists': conflict('There is a transfer of this id.'),
    'transfer-not-confirmed': conflict('The goods of the transfer are not held yet: wait until it is confirmed.'),
    'transfer-shipped': conflict('Goods of the transfer have left: receive them, then close it.'),
    'transfer-ended': conflict('The transfer was cancelled or closed before. Put stock right with AdjustStock.'),
  },
});
