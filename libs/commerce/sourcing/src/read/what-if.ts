/** Past orders under another policy. Reads events, and writes nothing. */
import { categoryOf, idOf, recognizeEvent, StreamNotReadable, type Recorded } from '#event-store';
import { channel, location, NetworkDirectory } from '#network';
import {
  order,
  toSource,
  type Candidate,
  type ChannelTerms,
  type FulfillmentPlan,
  type OrderDetails,
  type OrderEvent,
} from '#orders';
import { makePlan } from '../domain/plan.js';
import { type Policy } from '../domain/policy.js';
import { guidanceFor, type Facts, type Question } from '../write/guidance.js';
import { Comparison, type WhatIfReport } from './comparison.js';

export interface Period {
  /** ISO 8601; inclusive, and exclusive. */
  readonly from?: string;
  readonly to?: string;
}

/** The categories that it must be shown, from the beginning of the log on. */
export const whatIfCategories = [location.category, channel.category, order.category];

interface Placed {
  readonly details: OrderDetails;
  readonly channelId: string;
  readonly day: string;
}

/**
 * Plans each order of a period again, from the candidates that its own plan has recorded, and compares. The channel's
 * configuration is the one of that moment; whether a place was paused, too.
 */
export class WhatIf {
  private readonly network = new NetworkDirectory();
  private readonly placed = new Map<string, Placed>();
  private readonly unreadable = new Set<string>();
  private readonly comparison: Comparison;
  /** Fulfillments that the policy has given to each location, on the day that is looked at. */
  private loads = new Map<string, number>();
  private day = '';

  /** Goods for pickup stay where they were ordered: plans do not record who else had them. */
  private readonly policy: Policy;

  constructor(
    policy: Policy,
    private readonly period: Period,
  ) {
    this.policy = { ...policy, shipToStore: false };
    this.comparison = new Comparison(policy);
  }

  /** The events of the log, in its order. A stream with an event that is not the product's is left out from there on. */
  see(recorded: Recorded): void {
    if (categoryOf(recorded.stream) !== order.category) {
      void this.network.handle({ events: [recorded], position: recorded.position, caughtUp: false });
      return;
    }
    const event = this.readable(recorded);
    if (event) this.seeOrder(recorded, event);
  }

  private readable(recorded: Recorded): OrderEvent | undefined {
    if (this.unreadable.has(recorded.stream)) return undefined;
    try {
      return recognizeEvent(recorded, order.events).event as OrderEvent;
    } catch (error) {
      if (!(error instanceof StreamNotReadable)) throw error;
      this.unreadable.add(recorded.stream);
      return undefined;
    }
  }

  private seeOrder(recorded: Recorded, { type, data }: OrderEvent) {
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

  private compare(orderId: string, placed: Placed, before: FulfillmentPlan) {
    const terms = this.termsOf(placed.channelId);
    const free = placed.details.lines.filter(({ locationId }) => locationId === undefined);
    if (!terms || (free.length > 0 && before.candidates.length === 0)) {
      this.comparison.notJudged(terms ? 'no-stock-recorded' : 'channel-unknown');
      return;
    }
    const after = this.planAgain({ orderId, placed, terms, known: knownThen(before.candidates) });
    const near = placed.details.near;
    this.comparison.add({ orderId, before, after, lines: placed.details.lines, ...(near && { near }) }, (id) =>
      this.network.location(id),
    );
  }

  private planAgain(given: {
    orderId: string;
    placed: Placed;
    terms: ChannelTerms;
    known: readonly Candidate[];
  }): FulfillmentPlan {
    const { details, channelId, day } = given.placed;
    if (day !== this.day) this.loads = new Map();
    this.day = day;
    const facts: Facts = {
      location: (locationId) => this.network.location(locationId),
      load: (locationId) => this.loads.get(locationId) ?? 0,
    };
    const { orderId, terms, known } = given;
    const context = { orderId, attempt: 1, channelId, terms, known, held: [], exclude: [] };
    const question: Question = { ...context, lines: details.lines, ...toSource(details, details.currency) };
    const plan = makePlan(
      question,
      guidanceFor({ policyId: 'what-if', version: 0, policy: this.policy }, question, facts),
    );
    for (const place of new Set(plan.allocations.map(({ locationId }) => locationId))) {
      this.loads.set(place, (this.loads.get(place) ?? 0) + 1);
    }
    return plan;
  }

  private termsOf(channelId: string): ChannelTerms | undefined {
    const known = this.network.channel(channelId);
    if (!known) return undefined;
    const { version, currency, reservationTtlSeconds } = known;
    const locations = known.locations.map(({ locationId, methods, safetyStock }) => {
      const paused = this.network.location(locationId)?.paused ?? false;
      return { locationId, methods, safetyStock, paused };
    });
    return { version, currency, reservationTtlSeconds, locations };
  }
}

/** Free units as they were known, those that the channel left alone included. */
const knownThen = (candidates: readonly Candidate[]): Candidate[] =>
  candidates.map(({ sku, locationId, available, keep = 0 }) => ({ sku, locationId, available: available + keep }));
