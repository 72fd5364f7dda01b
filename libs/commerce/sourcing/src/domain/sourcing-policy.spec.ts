import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { type Policy, type PolicyEvent, type Strategy } from './policy.js';
import { sourcingPolicy } from './sourcing-policy.js';

const given = specification(sourcingPolicy.decider);

const near: Strategy = { name: 'near', criteria: [{ by: 'distance', weight: 1 }], fallback: 'reject' };
const policy: Policy = { strategies: [near], costs: { perParcel: 450, perKm: 1 } };
const publish = (content: Policy) => ({ type: 'PublishSourcingPolicy', data: { policyId: 'p', ...content } }) as const;
const published = (version: number, content = policy): PolicyEvent => ({
  type: 'SourcingPolicyPublished',
  data: { ...content, version },
});
const activate = (version: number, channel?: string) =>
  ({ type: 'ActivateSourcingPolicy', data: { policyId: 'p', version, ...(channel && { channel }) } }) as const;

describe('a sourcing policy', () => {
  it('counts its versions', () =>
    given(published(1))
      .when(publish({ ...policy, shipToStore: true }))
      .then(published(2, { ...policy, shipToStore: true })));
  it('has no new version if its content is the same', () => given(published(1)).when(publish(policy)).thenNothing());
  it('returns to an earlier content as a new version', () =>
    given(published(1), published(2, { strategies: [near] }))
      .when(publish(policy))
      .then(published(3)));
  it('names each strategy once', () =>
    given()
      .when(publish({ strategies: [near, near] }))
      .thenFails('invalid-policy'));

  it('is activated in any of its versions, for one channel', () =>
    given(published(1), published(2, { strategies: [near] }))
      .when(activate(1, 'web'))
      .then({ type: 'SourcingPolicyActivated', data: { version: 1, channel: 'web' } }));
  it('is activated for all', () =>
    given(published(1))
      .when(activate(1))
      .then({ type: 'SourcingPolicyActivated', data: { version: 1 } }));
  it('is not activated in a version that does not exist', () =>
    given(published(1)).when(activate(2)).thenFails('policy-not-found', { newest: 1 }));
  it('is not activated before it is published', () => given().when(activate(1)).thenFails('policy-not-found'));
  it('is deactivated', () =>
    given(published(1))
      .when({ type: 'DeactivateSourcingPolicy', data: { policyId: 'p', channel: 'web' } })
      .then({ type: 'SourcingPolicyDeactivated', data: { channel: 'web' } }));
});
