import { Injectable, Logger } from '@nestjs/common';
import { NetworkDirectory } from '#network';
import { AvailabilityAdvice, type Candidate, type FulfillmentPlan, type Sourcing, type SourcingRequest } from '#orders';
import { makePlan } from '../domain/plan.js';
import { type Policy } from '../domain/policy.js';
import { Loads } from './loads.js';
import { SourcingPolicies } from '../read/sourcing-policies.js';
import { guidanceFor, storesOf, type Facts } from './guidance.js';

const ADVICE_TIMEOUT_MS = 500;

/** Plans by the policy that is active for the channel; without one, by the channel's order of preference. */
@Injectable()
export class PolicySourcing implements Sourcing {
  private readonly logger = new Logger('Sourcing');
  private readonly facts: Facts;

  constructor(
    private readonly policies: SourcingPolicies,
    private readonly advice: AvailabilityAdvice,
    directory: NetworkDirectory,
    private readonly loads: Loads,
  ) {
    this.facts = {
      location: (locationId) => directory.location(locationId),
      load: (locationId) => loads.today(locationId),
    };
  }

  async plan(request: SourcingRequest): Promise<FulfillmentPlan> {
    const active = this.policies.activeFor(request.channelId);
    if (active?.policy.capacities) void this.loads.refresh(new Date());
    const known = await this.known(request, active?.policy);
    const question = { ...request, known };
    return makePlan(question, active && guidanceFor(active, question, this.facts));
  }

  /** What is where, as far as it is known; nothing is asked where there is nothing to choose. */
  private async known(request: SourcingRequest, policy?: Policy): Promise<readonly Candidate[] | undefined> {
    const { lines, terms, exclude } = request;
    const stores = policy ? storesOf(policy, request) : [];
    const movable = lines.filter(({ locationId }) => locationId === undefined || stores.includes(locationId));
    const places = new Set([
      ...stores,
      ...terms.locations.filter(({ methods }) => methods.includes('ship')).map(({ locationId }) => locationId),
    ]);
    const open = terms.locations.filter(({ locationId, paused }) => !paused && !exclude.includes(locationId));
    const asked = open.map(({ locationId }) => locationId).filter((locationId) => places.has(locationId));
    if (movable.length === 0 || asked.length < 2) return undefined;
    const skus = new Set(movable.map(({ sku }) => sku));
    return within(ADVICE_TIMEOUT_MS, this.advice.available([...skus], asked)).catch((error: unknown) => {
      this.logger.warn(`Planned without advice: ${String(error)}`);
      return undefined;
    });
  }
}

const within = <Value>(timeoutMs: number, promise: Promise<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`No answer within ${timeoutMs} ms`)), timeoutMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
