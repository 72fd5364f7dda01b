import { Injectable } from '@nestjs/common';
import { type Scope } from '#database';
import {
  type AnyStreamType,
  categoryOf,
  EventStore,
  idOf,
  type KnownEvents,
  PersonalData,
  readHistory,
  readStream,
  type Recorded,
} from '#event-store';
import { fulfillment } from '#fulfillment';
import { OTHER_REASON, personalPaths, type EventDefinition } from '#kernel';
import { order } from '#orders';
import { payment } from '#payments';
import { type Stamp } from '#projections';
import { goodsReturn } from '#returns';
import { orderAsOf } from './order-as-of.js';
import { orderEdits, type OrderEdit } from './order-edits.js';
import { type OrderStatus } from './order-status.projection.js';
import { type OrderTimelineEntry } from './order-timeline.projection.js';
import { OrderTimelines } from './order-timelines.js';

/** Personal fields of an order. They read as `{ erased: true }` after the subject was erased, `{ lost: true }` if its key is lost. */
export interface BuyerData {
  readonly contact?: object;
  readonly shipTo?: object;
}

/**
 * Reads from the log what the read models do not have: past states and personal data of orders. All methods throw
 * StreamNotReadable, and OutcomeUnknown if the log does not answer.
 */
@Injectable()
export class OrderHistory {
  constructor(
    private readonly store: EventStore,
    private readonly personalData: PersonalData,
    private readonly timelines: OrderTimelines,
  ) {}

  /** @param asOf recording time, milliseconds since 1970 */
  async orderAsOf(scope: Scope, orderId: string, asOf: number): Promise<(OrderStatus & Stamp) | undefined> {
    const streams = await this.timelines.streamsOf(scope, orderId);
    const histories = <Type extends AnyStreamType>(kind: Type) =>
      streams
        .filter((stream) => categoryOf(stream) === kind.category)
        .map((stream) => readHistory(this.store, kind, idOf(stream)));
    const recorded = await Promise.all([
      ...histories(order),
      ...histories(goodsReturn),
      ...histories(payment),
      ...histories(fulfillment),
    ]);
    return orderAsOf(orderId, recorded.flat(), asOf);
  }

  /** @returns all edits of an order, oldest first */
  async edits(orderId: string): Promise<OrderEdit[]> {
    const history = await readHistory(this.store, order, orderId);
    return orderEdits(history.map(({ event }) => event));
  }

  async buyerData(orderId: string): Promise<BuyerData> {
    const events: KnownEvents = order.events;
    for await (const first of readStream(this.store, `${order.category}-${orderId}`, events)) {
      const definition = events[first.event.type];
      if (!definition) break;
      const { event } = await this.personalData.open(first, definition);
      const { contact, shipTo } = event.data as BuyerData;
      return { ...(contact && { contact }), ...(shipTo && { shipTo }) };
    }
    return {};
  }

  /** Holds with their reasons in words, where these are no codes. */
  async holdsInWords(orderId: string, holds: OrderStatus['holds']): Promise<readonly object[]> {
    if (!holds.some(({ reason }) => reason === OTHER_REASON)) return holds;
    const notes = new Map<string, unknown>();
    for (const held of await readHistory(this.store, order, orderId)) {
      if (held.event.type !== 'OrderHeld') continue;
      const note = await this.noteOf(held, order.events.OrderHeld);
      if (note !== undefined) notes.set(held.event.data.holdId, note);
    }
    return holds.map((hold) => ({ ...hold, reason: notes.get(hold.holdId) ?? hold.reason }));
  }

  /** Entries of a timeline with the notes of their events. */
  async withNotes<Entry extends OrderTimelineEntry>(entries: readonly Entry[]): Promise<readonly Entry[]> {
    const noted = new Map(entries.flatMap((entry) => (NOTED.has(entry.type) ? [[entry.eventId, entry]] : [])));
    const notes = new Map<string, unknown>();
    for (const stream of new Set(noted.values().map((entry) => entry.stream))) {
      const { events } = KINDS.find(({ category }) => category === categoryOf(stream)) ?? order;
      for await (const recorded of readStream(this.store, stream, events)) {
        const definition = (events as KnownEvents)[recorded.event.type];
        if (definition && noted.has(recorded.id)) notes.set(recorded.id, await this.noteOf(recorded, definition));
      }
    }
    return entries.map((entry) => {
      const note = notes.get(entry.eventId);
      return note === undefined ? entry : { ...entry, note };
    });
  }

  private async noteOf(recorded: Recorded, definition: EventDefinition) {
    const { event } = await this.personalData.open(recorded, definition);
    return (event.data as { readonly note?: unknown }).note;
  }
}

const KINDS: readonly AnyStreamType[] = [order, payment, fulfillment];

/** Types of events that may have a note. */
const NOTED: ReadonlySet<string> = new Set(
  KINDS.flatMap(({ events }) =>
    Object.entries<EventDefinition>(events).flatMap(([type, definition]) =>
      personalPaths(definition).includes('note') ? [type] : [],
    ),
  ),
);
