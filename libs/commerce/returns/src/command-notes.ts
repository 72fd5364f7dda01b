import { type CommandNotes } from '#capability';

export const commandNotes: CommandNotes = {
  RecordReturn: { events: 'ReturnRecorded', then: 'StockRestocked for each line', serves: 'OO2, OO4' },
  RequestReturn: {
    events: 'ReturnRequested',
    then: 'OrderReturnAnnounced, ReturnApproved; or OrderReturnRefused, ReturnDeclined',
    serves: 'RE1, RE2, SP3, OO2',
  },
  ApproveReturn: { events: 'ReturnApproved', then: 'of a claim: OrderLinesReturned and its refund', serves: 'RE1' },
  DeclineReturn: { events: 'ReturnDeclined', then: 'OrderReturnWithdrawn', serves: 'RE1' },
  ReceiveReturn: { events: 'ReturnReceived', serves: 'RE1, SP3' },
  InspectReturn: {
    events: 'ReturnItemsInspected',
    then: 'StockRestocked for each item, OrderLinesReturned, ReturnAssessed and its refund',
    serves: 'RE1, RE2, RE3, SP3',
  },
  ExchangeReturn: { events: 'ReturnExchanged', then: 'StoreCreditIssued', serves: 'RE3' },
  RetryReturnRefund: { events: 'ReturnRefundRequested or ReturnCreditRequested', serves: 'RE3' },
  PayOutReturn: { events: 'ReturnRefunded', serves: 'RE1, RE3' },
  CloseReturn: { events: 'ReturnClosed', then: 'OrderReturnWithdrawn', serves: 'RE1' },
};
