/** Plans past orders again under another policy. Reads events and writes nothing. */
import { categoryOf, idOf, recognizeEvent, StreamNotReadable, type Recorded } from '#event-store';
import { channel, location, NetworkDirectory } from '#network';
import {
  order,
  sourcingContext,
  type Candidate,
  type ChannelTerms,
  type FulfillmentPlan,
  type OrderDetails,
  type OrderEvent,
} from '#orders';
import { makePlan } from '../domain/plan.js';
import { type Policy } from '../domain/policy.js';
import { rankByPolicy, type LocationFacts, type RequestWithStock } from '../write/rank-by-policy.js';
import { PlanComparison, type WhatIfReport } from './plan-comparison.js';

export interface Period {
  /** ISO 8601, inclusive. */
  readonly from?: string;
  /** ISO 8601, exclusive. */
  readonly to?: string;
}

/** The categories whose events {@link WhatIf} needs, from the beginning of the log. */
export const whatIfCategories = [location.category, channel.category, order.category];

interface PlacedOrder {
  readonly details: OrderDetails;
  readonly channelId: string;
  readonly day: string;
}

/**
 * Plans each order of a period again, from the candidates that its own plan recorded, and compares the two plans. The
 * channel's configuration and the pauses of locations are those of the time of the order.
 */
export class WhatIf {
  private readonly network = new NetworkDirectory();
  private readonly placed = new Map<string, PlacedOrder>();
  private readonly unreadable = new Set<string>();
  private readonly comparison: PlanComparison;
  /** Fulfillments that the new policy has assigned to each location on `day`. */
  private loads = new Map<string, number>();
  private day = '';

  /** Without ship-to-store, because plans of pickups do not record which other locations had the goods. */
  private readonly policy: Policy;

  constructor(
    policy: Policy,
    private readonly period: Period,
  ) {
    this.policy = { ...policy, shipToStore: false };
    this.comparison = new PlanComparison(policy);
  }

  /** Expects the events in the order of the log. From the first event that cannot be read, the rest of its stream is skipped. */
  addEvent(recorded: Recorded): void {
    if (categoryOf(recorded.stream) !== order.category) {
      void this.network.handle({ events: [recorded], position: recorded.position, caughtUp: false });
      return;
    }
    const event = this.recognizeOrderEvent(recorded);
    if (event) this.addOrderEvent(recorded, event);
  }

  private recognizeOrderEvent(recorded: Recorded): OrderEvent | undefined {
    if (this.unreadable.has(recorded.stream)) return undefined;
    try {
      return recognizeEvent(recorded, order.events).event as OrderEvent;
    } catch (error) {
      if (!(error instanceof StreamNotReadable)) throw error;
      this.unreadable.add(recorded.stream);
      return undefined;
    }
  }

  private addOrderEvent(recorded: Recorded, { type, data }: OrderEvent) {
    if (type === 'OrderPlaced' && this.isInPeriod(recorded)) {
      const { channel: channelId, occurredAt } = recorded.envelope;
      this.placed.set(recorded.stream, { details: data, channelId, day: occurredAt.slice(0, 10) });
    }
    const placed = this.placed.get(recorded.stream);
    if (type !== 'FulfillmentPlanned' || !placed) return;
    this.placed.delete(recorded.stream);
    this.compare(idOf(recorded.stream), placed, data);
  }

  report(): WhatIfReport {
    return this.comparison.report();
  }

  private isInPeriod({ envelope: { occurredAt } }: Recorded) {
    const { from = '', to = '9999' } = this.period;
    return occurredAt >= from && occurredAt < to;
  }

  private compare(orderId: string, placed: PlacedOrder, before: FulfillmentPlan) {
    const terms = this.termsOf(placed.channelId);
    const movable = placed.details.lines.filter(({ locationId }) => locationId === undefined);
    if (!terms || (movable.length > 0 && before.candidates.length === 0)) {
      this.comparison.notJudged(terms ? 'no-stock-recorded' : 'channel-unknown');
      return;
    }
    const after = this.planAgain({ orderId, placed, terms, knownStock: addSafetyStock(before.candidates) });
    const near = placed.details.near;
    this.comparison.add({ orderId, before, after, lines: placed.details.lines, ...(near && { near }) }, (id) =>
      this.network.location(id),
    );
  }

  private planAgain(input: {
    orderId: string;
    placed: PlacedOrder;
    terms: ChannelTerms;
    knownStock: readonly Candidate[];
  }): FulfillmentPlan {
    const { details, channelId, day } = input.placed;
    if (day !== this.day) this.loads = new Map();
    this.day = day;
    const facts: LocationFacts = {
      location: (locationId) => this.network.location(locationId),
      assignedToday: (locationId) => this.loads.get(locationId) ?? 0,
    };
    const { orderId, terms, knownStock } = input;
    const context = { orderId, attempt: 1, channelId, terms, knownStock, cartReservations: [], exclude: [] };
    const request: RequestWithStock = {
      ...context,
      lines: details.lines,
      ...sourcingContext(details, details.currency),
    };
    const plan = makePlan(
      request,
      rankByPolicy({ policyId: 'what-if', version: 0, policy: this.policy }, request, facts),
    );
    for (const locationId of new Set(plan.allocations.map((allocation) => allocation.locationId))) {
      this.loads.set(locationId, (this.loads.get(locationId) ?? 0) + 1);
    }
    return plan;
  }

  private termsOf(channelId: string): ChannelTerms | undefined {
    const channel = this.network.channel(channelId);
    if (!channel) return undefined;
    const { version, currency, reservationTtlSeconds } = channel;
    const locations = channel.locations.map(({ locationId, methods, safetyStock }) => {
      const paused = this.network.location(locationId)?.paused ?? false;
      return { locationId, methods, safetyStock, paused };
    });
    return { version, currency, reservationTtlSeconds, locations };
  }
}

/** The recorded candidates exclude the safety stock, which planning subtracts again. */
const addSafetyStock = (candidates: readonly Candidate[]): Candidate[] =>
  candidates.map(({ sku, locationId, available, keep = 0 }) => ({ sku, locationId, available: available + keep }));
