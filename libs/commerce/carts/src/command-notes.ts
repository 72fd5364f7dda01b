import { type CommandNotes } from '#capability';

export const commandNotes: CommandNotes = {
  CreateCart: { events: 'CartCreated', serves: 'OO3' },
  AddCartLine: { events: 'CartLineAdded', then: 'in a reserved cart StockReserved', serves: 'OO3' },
  SetCartLineQuantity: { events: 'CartLineQuantitySet, CartStockAsked? or CartStockReduced?', serves: 'OO3' },
  RemoveCartLine: { events: 'CartLineRemoved, CartStockReduced?', serves: 'OO3' },
  HandOverCart: { events: 'CartHandedOver', serves: 'OO3' },
  AttachCustomer: { events: 'CartCustomerAttached', serves: 'OO3' },
  ReserveCart: {
    events: 'CartReservationRequested, CartStockAsked',
    then: 'StockReserved; CartStockReserved or CartStockNotReserved',
    serves: 'OO3, ST4',
  },
  ExtendCartReservations: { events: 'CartReservationsExtended', then: 'ReservationExtended', serves: 'OO3, ST4' },
  ReleaseCart: { events: 'CartReservationsReleased', then: 'ReservationReleased', serves: 'ST4' },
  MergeCarts: { events: 'CartStockAsked?, CartLinesMerged', then: 'CartClosed of the other cart', serves: 'OO3' },
  CheckOutCart: { events: 'CartCheckedOut', then: 'CartOrdered, CartClosed; or CartReopened', serves: 'OO3' },
  ReopenCart: { events: 'CartReopened', serves: 'OO3' },
  CloseCart: { events: 'CartReservationsReleased?, CartClosed', serves: 'OO3' },
  BookAppointment: {
    events: 'AppointmentBooked',
    then: 'StockReserved; AppointmentConfirmed or AppointmentIncomplete',
    serves: 'SP4',
  },
  RescheduleAppointment: { events: 'AppointmentRescheduled', then: 'ReservationExtended', serves: 'SP4' },
  CancelAppointment: { events: 'AppointmentCancelled', then: 'ReservationReleased', serves: 'SP4' },
  CompleteAppointment: { events: 'AppointmentCompleted', then: 'ReservationReleased', serves: 'SP4' },
  ConfigureReorderButton: { events: 'ReorderButtonConfigured', serves: 'DV4' },
  PressReorderButton: {
    events: 'ReorderButtonPressed or ReorderPressIgnored',
    then: 'OrderPlaced, or ReorderFailed',
    serves: 'DV4',
  },
};
