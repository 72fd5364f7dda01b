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
    'Adds a version of a policy that says where goods come from; it is used once it is activated.',
    PublishSourcingPolicyDto,
  ),
  ofPolicy(
    'ActivateSourcingPolicy',
    'Makes a version the one that a channel, or every channel without its own, sources by.',
    ActivateSourcingPolicyDto,
  ),
  ofPolicy(
    'DeactivateSourcingPolicy',
    "Ends it: the channel's order of preference, or the policy for all, holds again.",
    DeactivateSourcingPolicyDto,
  ),
];
