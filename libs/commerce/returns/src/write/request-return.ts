import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, EventStore, readStream, type Outcome } from '#event-store';
import { type Cause } from '#kernel';
import { order, type OrderDetails, type OrderEvent, type OrderLine } from '#orders';
import { type OrderTerms, type RmaCommand } from '../domain/return-messages.js';
import { type ReturnEvent } from '../domain/return-state.js';
import { goodsReturn } from '../domain/return.js';

/** A return as a channel asks for it. */
export type ReturnToRequest = Omit<Extract<RmaCommand, { type: 'RequestReturn' }>['data'], 'order'>;

/** Asks for a return at any channel, of an order of any channel. */
export class RequestReturn extends Command<Outcome<ReturnEvent>> {
  constructor(
    readonly details: ReturnToRequest,
    readonly cause: Cause,
  ) {
    super();
  }
}

/** Adds what the log says of the order: what was sold, and how it was paid. */
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
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the rest does not matter here
  switch (event.type) {
    case 'OrderPlaced':
      return opened(event.data, event.data.tenders || event.data.payLater ? 'tenders' : 'elsewhere');
    case 'OrderRecorded':
      return opened(event.data, 'till');
    case 'OrderEditApplied':
      return terms && { ...terms, lines: [...terms.lines, ...event.data.add.map(sold)] };
    default:
      return terms;
  }
};

const opened = ({ currency, customerId, lines }: OrderDetails, paid: OrderTerms['paid']): OrderTerms => ({
  currency,
  lines: lines.map(sold),
  paid,
  ...(customerId !== undefined && { customerId }),
});

const sold = ({ lineId, sku, quantity, unitPrice }: OrderLine) => ({ lineId, sku, quantity, unitPrice });
