import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type Outcome } from '#event-store';
import { type Cause, type Intent } from '#kernel';
import { ChangeOrder, type OrderCommand } from '#orders';
import { ChangeStock, type StockCommand } from '#stock';

/** What an intent led to, and in which stream. */
export interface Dispatched {
  readonly stream: string;
  readonly outcome: Outcome;
}

type StockIntent = StockCommand & { readonly data: { readonly sku: string; readonly locationId: string } };

const isForStock = (intent: Intent): intent is StockIntent => 'sku' in intent.data && 'locationId' in intent.data;

/** Puts the commands of processes and timers on the bus. */
@Injectable()
export class Dispatcher {
  constructor(private readonly bus: CommandBus) {}

  /** @throws DomainError, OutcomeUnknown */
  async send(intent: Intent, cause: Cause): Promise<Dispatched> {
    if (isForStock(intent)) {
      const { sku, locationId, ...data } = intent.data;
      const command = { type: intent.type, data } as StockCommand;
      const outcome = await this.bus.execute<ChangeStock, Outcome>(new ChangeStock(sku, locationId, command, cause));
      return { stream: `stock-${sku}~${locationId}`, outcome };
    }
    const command = intent as OrderCommand;
    const { orderId } = command.data;
    const outcome = await this.bus.execute<ChangeOrder, Outcome>(new ChangeOrder(orderId, command, cause));
    return { stream: `order-${orderId}`, outcome };
  }
}
