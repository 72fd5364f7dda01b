import { idOf } from '#event-store';
import { type FoldedProjection, readTable } from '#projections';
import { type Policy, type PolicyEvent } from '../domain/policy.js';

/** One version of a policy. {@link SourcingPolicies} knows which is active, and each plan records which it used. */
export interface PublishedPolicy {
  readonly policyId: string;
  readonly version: number;
  readonly content: Policy;
  /** Business time, ISO 8601 UTC. */
  readonly publishedAt: string;
}

export const publishedPolicies: FoldedProjection<PublishedPolicy, 'policyId' | 'version', PolicyEvent> = {
  name: 'sourcing_policy',
  version: 1,
  categories: ['sourcingpolicy'],
  table: readTable<PublishedPolicy>('sourcing_policy', {
    policyId: { type: 'text', primary: true },
    version: { type: 'integer', primary: true },
    content: { type: 'jsonb' },
    publishedAt: { type: 'timestamptz' },
  }),
  keysOf: ({ stream, event: { type, data } }) =>
    type === 'SourcingPolicyPublished' ? [{ policyId: idOf(stream), version: data.version }] : [],
  project: (row, { event: { type, data }, envelope }, { policyId }) => {
    if (type !== 'SourcingPolicyPublished') return row;
    const { version, ...content } = data;
    return { policyId, version, content, publishedAt: envelope.occurredAt };
  },
};
