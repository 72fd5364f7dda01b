import { Injectable, Logger } from '@nestjs/common';
import { NetworkDirectory } from '#network';
import { AvailabilityAdvice, type Candidate, type FulfillmentPlan, type Sourcing, type SourcingRequest } from '#orders';
import { makePlan } from '../domain/plan.js';
import { type Policy } from '../domain/policy.js';
import { LocationLoads } from './location-loads.js';
import { SourcingPolicies } from '../read/sourcing-policies.js';
import { rankByPolicy, shipToStores, type LocationFacts } from './rank-by-policy.js';

const ADVICE_TIMEOUT_MS = 500;

/** Plans by the policy that is active for the channel, or else by the channel's order of preference. */
@Injectable()
export class PolicySourcing implements Sourcing {
  private readonly logger = new Logger('Sourcing');
  private readonly facts: LocationFacts;

  constructor(
    private readonly policies: SourcingPolicies,
    private readonly advice: AvailabilityAdvice,
    directory: NetworkDirectory,
    private readonly loads: LocationLoads,
  ) {
    this.facts = {
      location: (locationId) => directory.location(locationId),
      assignedToday: (locationId) => loads.assignedToday(locationId),
    };
  }

  async plan(request: SourcingRequest): Promise<FulfillmentPlan> {
    const active = this.policies.activeFor(request.channelId);
    if (active?.policy.capacities) void this.loads.refreshIfStale(new Date());
    const knownStock = await this.findStock(request, active?.policy);
    const withStock = { ...request, knownStock };
    return makePlan(withStock, active && rankByPolicy(active, withStock, this.facts));
  }

  /** @returns undefined if there is nothing to choose, or if no answer arrives in time */
  private async findStock(request: SourcingRequest, policy?: Policy): Promise<readonly Candidate[] | undefined> {
    const { lines, terms, exclude } = request;
    const stores = policy ? shipToStores(policy, request) : [];
    const movable = lines.filter(({ locationId }) => locationId === undefined || stores.includes(locationId));
    const eligible = new Set([
      ...stores,
      ...terms.locations.filter(({ methods }) => methods.includes('ship')).map(({ locationId }) => locationId),
    ]);
    const open = terms.locations.filter(({ locationId, paused }) => !paused && !exclude.includes(locationId));
    const locationIds = open.map(({ locationId }) => locationId).filter((locationId) => eligible.has(locationId));
    if (movable.length === 0 || locationIds.length < 2) return undefined;
    const skus = new Set(movable.map(({ sku }) => sku));
    return withTimeout(ADVICE_TIMEOUT_MS, this.advice.available([...skus], locationIds)).catch((error: unknown) => {
      this.logger.warn(`Planned without stock figures: ${String(error)}`);
      return undefined;
    });
  }
}

const withTimeout = <Value>(timeoutMs: number, promise: Promise<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`No answer within ${timeoutMs} ms`)), timeoutMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
