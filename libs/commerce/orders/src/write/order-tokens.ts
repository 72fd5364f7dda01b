import { Injectable } from '@nestjs/common';
import { DeciderRunner, ERASED, LOST, PersonalData } from '#event-store';
import { order } from '../domain/order.js';

/** The token of a tender, or why it cannot be read; undefined where the channel sent none. */
export type TenderToken = string | typeof ERASED | typeof LOST | undefined;

/** The payment provider's tokens, which only the events of orders have, sealed. */
@Injectable()
export class OrderTokens {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly personalData: PersonalData,
  ) {}

  /** @throws StreamNotReadable, OutcomeUnknown, and Error if the order has no such tender */
  async ofTender(orderId: string, tenderId: string): Promise<TenderToken> {
    const known = (await this.deciders.cachedState(order, orderId)).recordedTenders.get(tenderId);
    const recorded = known ?? (await this.deciders.freshState(order, orderId)).recordedTenders.get(tenderId);
    if (!recorded) throw new Error(`Order ${orderId} has no tender ${tenderId}`);
    const { eventId: id, tenders } = recorded;
    const event = { type: 'OrderTendered', data: { tenders } };
    const opened = await this.personalData.open(
      { stream: `${order.category}-${orderId}`, id, event },
      order.events.OrderTendered,
    );
    return opened.event.data.tenders.find((tender) => tender.tenderId === tenderId)?.token;
  }
}
