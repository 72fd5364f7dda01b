import { Injectable } from '@nestjs/common';
import { idOf, InMemoryView, type Recorded } from '#event-store';
import { type Policy, type PolicyEvent } from '../domain/policy.js';
import { sourcingPolicy } from '../domain/sourcing-policy.js';

export interface PolicyVersion {
  readonly policyId: string;
  readonly version: number;
  readonly policy: Policy;
}

/** Key of what is active for every channel that has no policy of its own. */
const DEFAULT = '*';

/**
 * The versions of all policies and which is active, in memory: the newest activation counts, so that there is never more
 * than one.
 */
@Injectable()
export class SourcingPolicies extends InMemoryView {
  override readonly name = 'sourcing-policies';

  private readonly versions = new Map<string, PolicyVersion>();
  private readonly active = new Map<string, PolicyVersion>();

  constructor() {
    super([sourcingPolicy]);
  }

  /** What the channel sources by; undefined: its order of preference. */
  activeFor(channelId: string): PolicyVersion | undefined {
    return this.active.get(channelId) ?? this.active.get(DEFAULT);
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
        if (version) this.active.set(data.channel ?? DEFAULT, version);
        break;
      }
      case 'SourcingPolicyDeactivated': {
        const key = data.channel ?? DEFAULT;
        if (this.active.get(key)?.policyId === policyId) this.active.delete(key);
        break;
      }
    }
  }
}
