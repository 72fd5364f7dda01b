import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, EventStore, readStream, type Outcome } from '#event-store';
import { type Cause } from '#kernel';
import { order, type OrderDetails, type OrderEvent, type OrderLine } from '#orders';
import { type OrderTerms, type RmaCommand } from '../domain/return-messages.js';
import { type ReturnEvent } from '../domain/return-state.js';
import { goodsReturn } from '../domain/return.js';

export type ReturnRequestDetails = Omit<Extract<RmaCommand, { type: 'RequestReturn' }>['data'], 'order'>;

/** Requests a return on any channel, for an order of any channel. */
export class RequestReturn extends Command<Outcome<ReturnEvent>> {
  constructor(
    readonly details: ReturnRequestDetails,
    readonly cause: Cause,
  ) {
    super();
  }
}

/** Adds the lines of the order and how it was paid, as the log has them. */
@CommandHandler(RequestReturn)
export class RequestReturnHandler implements ICommandHandler<RequestReturn> {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly store: EventStore,
  ) {}

  /** @throws DomainError, StreamNotReadable, OutcomeUnknown */
  async execute({ details, cause }: RequestReturn) {
    const terms = details.orderId === undefined ? undefined : await this.termsOf(details.orderId);
    const data = { ...details, ...(terms && { order: terms }) };
    return this.deciders.run(goodsReturn, details.returnId, { type: 'RequestReturn', data }, cause);
  }

  private async termsOf(orderId: string): Promise<OrderTerms | undefined> {
    let terms: OrderTerms | undefined;
    for await (const { event } of readStream(this.store, `${order.category}-${orderId}`, order.events)) {
      terms = evolve(terms, event as OrderEvent);
    }
    return terms;
  }
}

const evolve = (terms: OrderTerms | undefined, event: OrderEvent): OrderTerms | undefined => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- no other event changes what can be returned
  switch (event.type) {
    case 'OrderPlaced':
      return newTerms(event.data, event.data.tenders || event.data.payLater ? 'tenders' : 'elsewhere');
    case 'OrderRecorded':
      return newTerms(event.data, 'till');
    case 'OrderEditApplied':
      return terms && { ...terms, lines: [...terms.lines, ...event.data.add.map(requestedLine)] };
    default:
      return terms;
  }
};

const newTerms = ({ currency, customerId, lines }: OrderDetails, paid: OrderTerms['paid']): OrderTerms => ({
  currency,
  lines: lines.map(requestedLine),
  paid,
  ...(customerId !== undefined && { customerId }),
});

const requestedLine = ({ lineId, sku, quantity, unitPrice }: OrderLine) => ({ lineId, sku, quantity, unitPrice });
