import { Injectable } from '@nestjs/common';
import { idOf, InMemoryView, type Recorded } from '#event-store';
import { type Policy, type PolicyEvent } from '../domain/policy.js';
import { sourcingPolicy } from '../domain/sourcing-policy.js';

export interface PolicyVersion {
  readonly policyId: string;
  readonly version: number;
  readonly policy: Policy;
}

/** Key of the policy that is active for every channel without its own. */
const ALL_CHANNELS = '*';

/**
 * All versions of the sourcing policies, in memory, and which of them is active. The last activation counts, so at most
 * one is active for a channel.
 */
@Injectable()
export class SourcingPolicies extends InMemoryView {
  override readonly name = 'sourcing-policies';

  private readonly versions = new Map<string, PolicyVersion>();
  private readonly active = new Map<string, PolicyVersion>();

  constructor() {
    super([sourcingPolicy]);
  }

  /** @returns undefined if no policy applies: the channel then uses its order of preference */
  activeFor(channelId: string): PolicyVersion | undefined {
    return this.active.get(channelId) ?? this.active.get(ALL_CHANNELS);
  }

  protected override fold({ stream, event }: Recorded) {
    const policyId = idOf(stream);
    const { type, data } = event as PolicyEvent;
    switch (type) {
      case 'SourcingPolicyPublished': {
        const { version, ...policy } = data;
        this.versions.set(`${policyId}@${version}`, { policyId, version, policy });
        break;
      }
      case 'SourcingPolicyActivated': {
        const version = this.versions.get(`${policyId}@${data.version}`);
        if (version) this.active.set(data.channel ?? ALL_CHANNELS, version);
        break;
      }
      case 'SourcingPolicyDeactivated': {
        const key = data.channel ?? ALL_CHANNELS;
        if (this.active.get(key)?.policyId === policyId) this.active.delete(key);
        break;
      }
    }
  }
}
