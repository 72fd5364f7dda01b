import { asPosition } from '#event-store';
import { describe, expect, it } from '@jest/globals';
import { aRecorded } from '#testing';
import { type Policy, type PolicyEvent } from '../domain/policy.js';
import { SourcingPolicies } from './sourcing-policies.js';

const policy: Policy = { strategies: [{ name: 's', criteria: [], fallback: 'reject' }] };
const published = (version = 1): PolicyEvent => ({ type: 'SourcingPolicyPublished', data: { ...policy, version } });
const activated = (version: number, channel?: string): PolicyEvent => ({
  type: 'SourcingPolicyActivated',
  data: { version, ...(channel && { channel }) },
});
const deactivated = (channel?: string): PolicyEvent => ({
  type: 'SourcingPolicyDeactivated',
  data: { ...(channel && { channel }) },
});

/** Delivers these events twice. */
const after = async (...events: readonly (readonly [policyId: string, event: PolicyEvent])[]) => {
  const policies = new SourcingPolicies();
  const recorded = events.map(([policyId, event], index) =>
    aRecorded(`sourcingpolicy-${policyId}`, event, { position: asPosition(index + 1), revision: index }),
  );
  for (let times = 0; times < 2; times++) {
    await policies.handle({ events: recorded, position: asPosition(recorded.length), caughtUp: true });
  }
  return (channel: string) => {
    const active = policies.activeFor(channel);
    return active && `${active.policyId}@${active.version}`;
  };
};

describe('the active policy', () => {
  it('is undefined before one is activated', async () => {
    const active = await after(['a', published()]);
    expect(active('web')).toBeUndefined();
  });

  it('is the one that was activated last', async () => {
    const active = await after(
      ['a', published(1)],
      ['a', published(2)],
      ['b', published(1)],
      ['a', activated(2)],
      ['b', activated(1)],
      ['a', activated(1)],
    );
    expect(active('web')).toBe('a@1');
  });

  it('of a channel takes precedence over that for all', async () => {
    const active = await after(['a', published()], ['b', published()], ['a', activated(1, 'web')], ['b', activated(1)]);
    expect([active('web'), active('till')]).toEqual(['a@1', 'b@1']);
  });

  it('ends, unless another policy has replaced it', async () => {
    const active = await after(
      ['a', published()],
      ['b', published()],
      ['a', activated(1)],
      ['b', activated(1, 'web')],
      ['a', deactivated('web')],
      ['a', deactivated()],
    );
    expect([active('web'), active('till')]).toEqual(['b@1', undefined]);
  });
});

it('resolves a wait for a position once the position is in view', async () => {
  const policies = new SourcingPolicies();
  const waiting = policies.waitUntilReached(asPosition(1), 5_000);
  const event = aRecorded('sourcingpolicy-a', published(), { position: asPosition(1) });
  await policies.handle({ events: [event], position: asPosition(1), caughtUp: true });
  await expect(waiting).resolves.toBe(true);
  await expect(policies.waitUntilReached(asPosition(2), 1)).resolves.toBe(false);
});
