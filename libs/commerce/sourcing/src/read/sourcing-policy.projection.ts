import { idOf } from '#event-store';
import { column, type FoldedProjection, primary, readTable, type RowOf } from '#projections';
import { type Schema } from '#schema';
import { type Policy, type PolicyEvent } from '../domain/policy.js';

const content: Schema<Policy> = { type: 'object' };

export const sourcingPolicyColumns = {
  policyId: primary(column.text('Id of the policy')),
  version: primary(column.integer('Version of the policy, from 1')),
  content: column.json(content, 'Its strategies, costs and capacities, as they were published'),
  publishedAt: column.instant('Business time'),
};

/** One version of a policy. {@link SourcingPolicies} knows which is active, and each plan records which it used. */
type PublishedPolicy = RowOf<typeof sourcingPolicyColumns>;

export const publishedPolicies: FoldedProjection<PublishedPolicy, 'policyId' | 'version', PolicyEvent> = {
  name: 'sourcing_policy',
  version: 1,
  categories: ['sourcingpolicy'],
  table: readTable('sourcing_policy', sourcingPolicyColumns),
  keysOf: ({ stream, event: { type, data } }) =>
    type === 'SourcingPolicyPublished' ? [{ policyId: idOf(stream), version: data.version }] : [],
  project: (row, { event: { type, data }, envelope }, { policyId }) => {
    if (type !== 'SourcingPolicyPublished') return row;
    const { version, ...content } = data;
    return { policyId, version, content, publishedAt: envelope.occurredAt };
  },
};
