import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, type Outcome } from '#event-store';
import { type Cause } from '#kernel';
import { ledgerEntry, type LedgerCommand, type LedgerEvent } from '../domain/ledger-entry.js';
import { type OrderCommand, type OrderEvent } from '../domain/order-messages.js';
import { order } from '../domain/order.js';
import { recordedReturn, type ReturnCommand, type ReturnEvent } from '../domain/recorded-return.js';

/** Asks an order to carry out one command. To place one, say {@link PlaceOrder}. */
export class ChangeOrder extends Command<Outcome<OrderEvent>> {
  constructor(
    readonly orderId: string,
    readonly command: OrderCommand,
    readonly cause: Cause,
  ) {
    super();
  }
}

@CommandHandler(ChangeOrder)
export class ChangeOrderHandler implements ICommandHandler<ChangeOrder> {
  constructor(private readonly deciders: DeciderRunner) {}

  execute({ orderId, command, cause }: ChangeOrder) {
    return this.deciders.run(order, orderId, command, cause);
  }
}

/** Asks a return or an entry of the books to carry out its command. */
export class RecordFact extends Command<Outcome<ReturnEvent | LedgerEvent>> {
  constructor(
    readonly command: ReturnCommand | LedgerCommand,
    readonly cause: Cause,
  ) {
    super();
  }
}

@CommandHandler(RecordFact)
export class RecordFactHandler implements ICommandHandler<RecordFact> {
  constructor(private readonly deciders: DeciderRunner) {}

  execute({ command, cause }: RecordFact): Promise<Outcome<ReturnEvent | LedgerEvent>> {
    return command.type === 'RecordReturn'
      ? this.deciders.run(recordedReturn, command.data.returnId, command, cause)
      : this.deciders.run(ledgerEntry, command.data.entryId, command, cause);
  }
}
