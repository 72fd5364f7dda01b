import { categoryOf, idOf, readStream, type CommandContract, type EventStore } from '#event-store';
import { DomainError } from '#kernel';
import { capabilities } from './capabilities.js';
import { eventsOf, streamTypeOf } from './streams.js';

const ownScopes: ReadonlySet<string> = new Set(capabilities.flatMap((capability) => capability.ownScopes));

/** Checks that a channel changes only what it owns: streams that it was the first to write to. */
export class StreamOwnership {
  constructor(private readonly store: EventStore) {}

  /**
   * @throws DomainError `<category>-not-found` for the stream of another channel, as if there were none
   * @throws StreamNotReadable, OutcomeUnknown when the log does not answer
   */
  async check({ scope, name }: CommandContract, stream: string, channel: string): Promise<void> {
    if (!ownScopes.has(scope) || streamTypeOf(stream)?.creates?.includes(name)) return;
    const owner = await this.ownerOf(stream);
    if (owner === undefined || owner === channel) return;
    const kind = categoryOf(stream);
    throw new DomainError(`${kind}-not-found`, `There is no ${kind} ${idOf(stream)}`);
  }

  private async ownerOf(stream: string): Promise<string | undefined> {
    for await (const { envelope } of readStream(this.store, stream, eventsOf(stream))) return envelope.channel;
    return undefined;
  }
}
