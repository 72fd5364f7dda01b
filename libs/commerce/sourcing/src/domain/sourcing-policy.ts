import { DomainError, type Decider, type EventDefinitions } from '#kernel';
import { type Policy, type PolicyCommand, type PolicyEvent, type Strategy } from './policy.js';

interface State {
  /** 0 until the first version is published. */
  readonly version: number;
  readonly newest: Policy | undefined;
}

const decide = (command: PolicyCommand, state: State): PolicyEvent[] => {
  if (command.type === 'PublishSourcingPolicy') return publish(command.data, state);
  const { policyId, ...data } = command.data;
  if (state.version === 0) throw new DomainError('policy-not-found', `There is no sourcing policy ${policyId}`);
  if (command.type === 'DeactivateSourcingPolicy') return [{ type: 'SourcingPolicyDeactivated', data }];
  const { version } = command.data;
  if (version > state.version) {
    const message = `Sourcing policy ${policyId} has no version ${version}: its newest is ${state.version}`;
    throw new DomainError('policy-not-found', message, { newest: state.version });
  }
  return [{ type: 'SourcingPolicyActivated', data: { ...data, version } }];
};

const publish = (requested: Policy, { version, newest }: State): PolicyEvent[] => {
  const policy = contentOf(requested);
  const { strategies } = policy;
  const names = new Set(strategies.map(({ name }) => name));
  if (names.size < strategies.length) {
    throw new DomainError(
      'invalid-policy',
      'Two strategies have the same name: a plan could not record which one was used',
    );
  }
  if (newest && JSON.stringify(policy) === JSON.stringify(newest)) return [];
  return [{ type: 'SourcingPolicyPublished', data: { ...policy, version: version + 1 } }];
};

/** Only the fields of the content, in a fixed order, so that contents can be compared as JSON. */
const contentOf = ({ strategies, costs, capacities, shipToStore }: Policy): Policy => ({
  strategies: strategies.map(strategyOf),
  ...(costs && { costs: { perParcel: costs.perParcel, perKm: costs.perKm } }),
  ...(capacities && { capacities: capacities.map(({ locationId, perDay }) => ({ locationId, perDay })) }),
  ...(shipToStore !== undefined && { shipToStore }),
});

const strategyOf = ({ name, when, criteria, locationTypes, exclude, maxSplit, fallback }: Strategy): Strategy => ({
  name,
  ...(when && { when }),
  criteria: criteria.map(({ by, weight }) => ({ by, weight })),
  ...(locationTypes && { locationTypes }),
  ...(exclude && { exclude }),
  ...(maxSplit !== undefined && { maxSplit }),
  fallback,
});

const evolve = (state: State, { type, data }: PolicyEvent): State => {
  switch (type) {
    case 'SourcingPolicyPublished':
      return { version: data.version, newest: contentOf(data) };
    case 'SourcingPolicyActivated':
    case 'SourcingPolicyDeactivated':
      return state;
  }
};

const decider: Decider<State, PolicyCommand, PolicyEvent> = {
  initialState: () => ({ version: 0, newest: undefined }),
  decide,
  evolve,
};

const events: EventDefinitions<PolicyEvent> = {
  SourcingPolicyPublished: { version: 1 },
  SourcingPolicyActivated: { version: 1 },
  SourcingPolicyDeactivated: { version: 1 },
};

export const sourcingPolicy = { category: 'sourcingpolicy', decider, events };
