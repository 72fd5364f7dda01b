import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeciderRunner, type Outcome } from '#event-store';
import { DomainError, type Cause } from '#kernel';
import { NetworkLookup } from '#network';
import { type PolicyCommand, type PolicyEvent } from '../domain/policy.js';
import { sourcingPolicy } from '../domain/sourcing-policy.js';
import { SourcingPolicies } from '../read/sourcing-policies.js';

/** How long a caller waits until the in-memory view shows its change. */
const MAX_WAIT_FOR_VIEW_MS = 5_000;

export class ChangePolicy extends Command<Outcome<PolicyEvent>> {
  constructor(
    readonly command: PolicyCommand,
    readonly cause: Cause,
  ) {
    super();
  }
}

@CommandHandler(ChangePolicy)
export class ChangePolicyHandler implements ICommandHandler<ChangePolicy> {
  constructor(
    private readonly deciders: DeciderRunner,
    private readonly policies: SourcingPolicies,
    private readonly network: NetworkLookup,
  ) {}

  /** @throws DomainError */
  async execute({ command, cause }: ChangePolicy): Promise<Outcome<PolicyEvent>> {
    if (command.type === 'ActivateSourcingPolicy') await this.checkChannelExists(command.data.channel);
    const outcome = await this.deciders.run(sourcingPolicy, command.data.policyId, command, cause);
    if (outcome.position !== undefined) await this.policies.waitUntilReached(outcome.position, MAX_WAIT_FOR_VIEW_MS);
    return outcome;
  }

  private async checkChannelExists(channel: string | undefined) {
    if (channel === undefined || (await this.network.channel(channel))) return;
    throw new DomainError('channel-not-found', `There is no channel ${channel}`, { channel });
  }
}
