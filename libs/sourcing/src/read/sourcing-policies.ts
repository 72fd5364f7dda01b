import { Injectable } from '@nestjs/common';
import { idOf, type Batch, type Consumer, type Recorded } from '#event-store';
import { upcast } from '#kernel';
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
 * than one. Run as a consumer in every process that plans; starts from an empty view.
 */
@Injectable()
export class SourcingPolicies implements Consumer {
  readonly name = 'sourcing-policies';
  readonly categories = [sourcingPolicy.category];

  private position = 0;
  private readonly versions = new Map<string, PolicyVersion>();
  private readonly active = new Map<string, PolicyVersion>();
  private readonly waiters = new Set<() => void>();

  /** What the channel sources by; undefined: its order of preference. */
  activeFor(channelId: string): PolicyVersion | undefined {
    return this.active.get(channelId) ?? this.active.get(DEFAULT);
  }

  /** Whether everything up to `position` is in view, after waiting for it at most `timeoutMs`. */
  reached(position: number, timeoutMs: number): Promise<boolean> {
    if (this.position >= position) return Promise.resolve(true);
    return new Promise((resolve) => {
      const done = (seen: boolean) => {
        clearTimeout(timer);
        this.waiters.delete(look);
        resolve(seen);
      };
      const look = () => this.position >= position && done(true);
      const timer = setTimeout(done, timeoutMs, false);
      this.waiters.add(look);
    });
  }

  resume(): Promise<number> {
    return Promise.resolve(this.position);
  }

  /** @throws UnknownEvent */
  handle({ events, position }: Batch): Promise<void> {
    for (const recorded of events) if (recorded.position > this.position) this.fold(recorded);
    this.position = Math.max(this.position, position);
    for (const look of this.waiters) look();
    return Promise.resolve();
  }

  private fold({ stream, event, envelope }: Recorded) {
    const policyId = idOf(stream);
    const { type, data } = upcast(sourcingPolicy.events, event, Number(envelope.schema)) as PolicyEvent;
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
