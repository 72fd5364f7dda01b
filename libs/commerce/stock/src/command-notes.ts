import { type CommandNotes } from '#capability';

export const commandNotes: CommandNotes = {
  ReceiveStock: { events: 'StockReceived, IncomingStockArrived?', serves: 'ST1, ST7' },
  RecordStockCount: { events: 'StockCounted, StockAdjusted?, StockShortfallDetected?', serves: 'ST1, ST6' },
  AdjustStock: { events: 'StockAdjusted, StockShortfallDetected?', serves: 'ST1' },
  MarkStockUnavailable: { events: 'StockMadeUnavailable, StockShortfallDetected?', serves: 'ST1, ST2' },
  MarkStockAvailable: { events: 'StockMadeAvailable', serves: 'ST1, ST2' },
  AnnounceIncomingStock: { events: 'IncomingStockAnnounced or IncomingStockChanged', serves: 'ST2, ST3' },
  ChangeIncomingStock: { events: 'IncomingStockChanged', serves: 'ST2, ST3' },
  SetBackorderLimit: { events: 'BackorderLimitSet', serves: 'ST3' },
  RecordStoreSale: { events: 'StockIssued, StockShortfallDetected?', serves: 'ST1, ST7, OO7' },
  RestockReturn: { events: 'StockRestocked', serves: 'ST1' },
  ReserveStock: { events: 'StockReserved or StockReservationDeclined', serves: 'ST3, ST4, ST6' },
  ExtendReservation: { events: 'ReservationExtended', serves: 'ST4' },
  FirmReservation: { events: 'ReservationFirmed', serves: 'ST4' },
  ReduceReservation: { events: 'ReservationReduced or ReservationReleased', serves: 'ST4' },
  ReleaseReservation: { events: 'ReservationReleased', serves: 'ST4' },
  ConsumeReservation: {
    events: 'ReservationConsumed or ReservationPartlyConsumed, StockIssued',
    serves: 'ST4',
  },
  RequestTransfer: {
    events: 'TransferRequested',
    then: 'StockReserved for each line; TransferConfirmed or TransferCancelled',
    serves: 'ST1, ST2',
  },
  CancelTransfer: { events: 'TransferCancelled', then: 'ReservationReleased for each line', serves: 'ST1' },
  ShipTransfer: {
    events: 'TransferShipped',
    then: 'StockIssued at the sender, IncomingStockAnnounced at the receiver',
    serves: 'ST1, ST2',
  },
  ReceiveTransfer: { events: 'TransferReceived, TransferClosed?', then: 'StockReceived', serves: 'ST1, ST2' },
  CloseTransfer: { events: 'TransferClosed', then: 'ReservationReleased, IncomingStockChanged', serves: 'ST1, ST2' },
  DefineKit: {
    events: 'KitDefined',
    then: 'orders of the kit become orders of its components',
    serves: 'ST1, ST2, PP2',
  },
  RetireKit: { events: 'KitRetired', serves: 'ST1' },
};
