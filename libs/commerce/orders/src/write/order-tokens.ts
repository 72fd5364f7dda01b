import { Injectable } from '@nestjs/common';
import { ERASED, EventStore, LOST, PersonalData, readStream } from '#event-store';
import { type OrderEvent } from '../domain/order-messages.js';
import { order } from '../domain/order.js';

/** The token of a tender, or why it cannot be read; undefined where the channel sent none. */
export type TenderToken = string | typeof ERASED | typeof LOST | undefined;

/** The payment provider's tokens, which only the events of orders have, sealed. */
@Injectable()
export class OrderTokens {
  constructor(
    private readonly store: EventStore,
    private readonly personalData: PersonalData,
  ) {}

  /** @throws StreamNotReadable, OutcomeUnknown */
  async ofTender(orderId: string, tenderId: string): Promise<TenderToken> {
    for await (const recorded of readStream(this.store, `${order.category}-${orderId}`, order.events)) {
      const { type, data } = recorded.event as OrderEvent;
      if (type !== 'OrderPlaced' && type !== 'OrderTendered') continue;
      const index = (data.tenders ?? []).findIndex((tender) => tender.tenderId === tenderId);
      if (index === -1) continue;
      const opened = await this.personalData.open(recorded, order.events[type]);
      return (opened.event.data as typeof data).tenders?.[index]?.token;
    }
    return undefined;
  }
}
