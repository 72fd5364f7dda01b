/** For specs: a shop with three places, whose people do what a story says. */
import { fulfillment, type FulfillmentEvent } from '#fulfillment';
import { type Recorded, START } from '#event-store';
import { type Cause } from '#kernel';
import { order, ReplanFulfillment, type ChannelTerms, type OrderEvent, type OrderLine } from '#orders';
import { stockItem, type StockEvent } from '#stock';
import { checkout } from '../checkout/checkout.process.js';
import { whenLinesCancelledThenRelease } from '../stock-movements/recorded-facts.process.js';
import { fulfillmentProcess } from './fulfillment.process.js';
import { whenGoodsLeftThenBook } from '../stock-movements/book-goods-left.process.js';
import { ProcessHarness, type CrashPoint } from '../processes.fixture.js';

const processes = [checkout, whenLinesCancelledThenRelease, fulfillmentProcess(), whenGoodsLeftThenBook];

const PLACES = ['north', 'south', 'east'];
const terms = {
  currency: 'EUR',
  reservationTtlSeconds: 900,
  version: 1,
  locations: PLACES.map((locationId) => ({
    locationId,
    methods: ['ship', 'pickup', 'carry-out'],
    safetyStock: 0,
    paused: false,
  })),
} as unknown as ChannelTerms;

export type SoldLine = Pick<OrderLine, 'lineId' | 'sku' | 'quantity'> & Partial<OrderLine>;

export class Shop {
  readonly h: ProcessHarness;
  /** Places that a plan does not name although they are asked. */
  readonly empty = new Set<string>();

  constructor(batchSize: number) {
    this.h = new ProcessHarness(processes, batchSize);
    this.h.handler = (message, deciders) =>
      message instanceof ReplanFulfillment
        ? deciders.run(
            order,
            message.units.orderId,
            { type: 'PlanFulfillment', data: { orderId: message.units.orderId, plan: this.planOf(message.units) } },
            message.cause,
          )
        : undefined;
  }

  /** Everything that is not excluded is thought to be at the first place. */
  private planOf({ orderId, attempt, lines, exclude }: ReplanFulfillment['units']) {
    const locationId = PLACES.find((place) => !exclude.includes(place) && !this.empty.has(place));
    const allocations = lines.flatMap(({ lineId, sku, quantity, method }) =>
      locationId === undefined || method !== 'ship'
        ? []
        : [
            {
              reservationId: `${orderId}/${attempt}/${sku}/${locationId}/${lineId}`,
              ...{ sku, locationId, quantity, lines: [{ lineId, quantity }] },
            },
          ],
    );
    return { attempt, allocations, candidates: [], policyVersion: 1 };
  }

  receive(sku: string, locationId: string, quantity: number) {
    return this.h.stock(sku, locationId, { type: 'ReceiveStock', data: { quantity, ref: 'delivery' } });
  }

  /** Each line from one place: `from`, or where it was ordered. */
  async place(orderId: string, lines: readonly SoldLine[], from: Readonly<Record<string, string>> = {}) {
    const sold = lines.map((line) => ({ method: 'ship' as const, unitPrice: { amount: 100, scale: 2 }, ...line }));
    const allocations = sold.map(({ lineId, sku, quantity, locationId }) => {
      const place = from[lineId] ?? locationId ?? 'north';
      const way = locationId === undefined || locationId === place ? {} : { pickupAt: locationId };
      const reservationId = `${orderId}/1/${sku}/${place}/${lineId}`;
      return { reservationId, sku, locationId: place, quantity, lines: [{ lineId, quantity, ...way }] };
    });
    const plan = { attempt: 1, allocations, candidates: [], policyVersion: 1 };
    const data = { orderId, lines: sold, charges: [], terms, plan };
    await this.h.order({ type: 'PlaceOrder', data }, { channel: 'web' });
  }

  /** What the people at a place, or a timer, say about the last that it was assigned. */
  async work(locationId: string, type: string, data: object = {}, cause: Partial<Cause> = {}) {
    const fulfillmentId = await this.assignedTo(locationId);
    await this.h.run(fulfillment, fulfillmentId, { type, data: { fulfillmentId, locationId, ...data } }, cause);
  }

  private async assignedTo(locationId: string) {
    const assigned = (await this.events('fulfillment')).filter(({ event: { type, data } }) => {
      const to = data as { locationId?: string; pickupAt?: string };
      return type === 'FulfillmentAssigned' && (to.locationId === locationId || to.pickupAt === locationId);
    });
    const last = assigned.at(-1);
    if (!last) throw new Error(`Nothing was assigned to ${locationId}`);
    return last.stream.slice('fulfillment-'.length);
  }

  /** Of some kinds of streams, in the order of the log. */
  async events(...categories: string[]): Promise<readonly Recorded[]> {
    const stop = new AbortController();
    for await (const { events } of this.h.store.subscribe(START, {
      categories,
      batchSize: 10_000,
      signal: stop.signal,
    })) {
      stop.abort();
      return events;
    }
    return [];
  }

  /** How it all stands: streams of orders and fulfillment event by event, stock by what happened to it. */
  async outcome() {
    const streams: Record<string, unknown[]> = {};
    for (const { stream, event } of await this.events('order', 'fulfillment', 'stock')) {
      const isStock = stream.startsWith('stock-');
      (streams[stream] ??= []).push(isStock ? JSON.stringify(event) : event);
    }
    for (const [stream, events] of Object.entries(streams)) if (stream.startsWith('stock-')) events.sort();
    return { streams, running: this.h.memory.running.toSorted(), parked: [...this.h.memory.parked.values()] };
  }

  async stock(sku: string, locationId: string) {
    const { decider } = stockItem;
    let item = decider.initialState();
    for (const { event, envelope } of await this.h.log(`stock-${sku}~${locationId}`)) {
      item = decider.evolve(item, event as StockEvent, envelope);
    }
    return { onHand: item.onHand, reserved: item.reserved, unavailable: item.unavailableTotal };
  }

  /** As the outcome, where the order of events does not matter: two processes may be first. */
  async standing() {
    const { streams, ...others } = await this.outcome();
    const { decider } = order;
    let state = decider.initialState();
    for (const { event, envelope } of await this.h.log('order-o')) {
      state = decider.evolve(state, event as OrderEvent, envelope);
    }
    const work = Object.entries(streams).filter(([stream]) => stream.startsWith('fulfillment-'));
    return {
      ...others,
      lines: state.lines,
      work,
      tea: await this.stock('A', 'north'),
      cup: await this.stock('B', 'north'),
    };
  }

  async said(type: FulfillmentEvent['type']) {
    return (await this.events('fulfillment')).filter(({ event }) => event.type === type).map(({ event }) => event.data);
  }
}

/** What happens, one thing after the other; the processes come to rest in between. */
export type Story = readonly ((shop: Shop) => Promise<unknown>)[];

/** Where in a story somebody dies. */
export type StoryCrash = CrashPoint & { readonly phase: number };

/** @returns the shop, and how many effects each phase had */
export const runStory = async (story: Story, batchSize = 500, crash?: StoryCrash) => {
  const shop = new Shop(batchSize);
  const effects: number[] = [];
  for (const [phase, act] of story.entries()) {
    await act(shop);
    await shop.h.settle(crash?.phase === phase ? crash : undefined);
    effects.push(shop.h.dispatches);
  }
  return { shop, effects };
};
