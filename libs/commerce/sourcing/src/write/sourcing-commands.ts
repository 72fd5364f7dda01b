import { contract, plain, type CommandContract } from '#event-store';
import { type PolicyCommand } from '../domain/policy.js';
import { ChangePolicy } from './change-policy.js';
import { ActivateSourcingPolicyDto, DeactivateSourcingPolicyDto, PublishSourcingPolicyDto } from './policy.dtos.js';

const ofPolicy = (type: PolicyCommand['type'], summary: string, dto: new () => { policyId: string }) =>
  contract<{ policyId: string }>({
    name: type,
    summary,
    dto,
    scope: 'sourcing:write',
    stream: ({ policyId }) => `sourcingpolicy-${policyId}`,
    message: (body, cause) => new ChangePolicy({ type, data: plain(body) } as PolicyCommand, cause),
  });

export const sourcingCommands: readonly CommandContract[] = [
  ofPolicy(
    'PublishSourcingPolicy',
    'Publishes a version of a policy that ranks the locations for an order. It is used once it is activated.',
    PublishSourcingPolicyDto,
  ),
  ofPolicy(
    'ActivateSourcingPolicy',
    'Makes a version the active policy of one channel, or of every channel that has no policy of its own.',
    ActivateSourcingPolicyDto,
  ),
  ofPolicy(
    'DeactivateSourcingPolicy',
    "Ends the policy: the policy for all channels applies again, or the channel's order of preference.",
    DeactivateSourcingPolicyDto,
  ),
];
