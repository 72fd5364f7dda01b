import { LRUCache } from 'lru-cache';
import { categoryOf, idOf, readStream, type CommandContract, type EventStore } from '#event-store';
import { DomainError, type Message } from '#kernel';
import { capabilities } from './capabilities.js';
import { eventsOf, streamTypeOf } from './streams.js';

const ownScopes: ReadonlySet<string> = new Set(capabilities.flatMap((capability) => capability.ownScopes));

const MAX_REMEMBERED = 100_000;

/** The caller: a channel with the scopes of its key, or staff. */
interface Caller {
  readonly channel: string;
  readonly isStaff: boolean;
  readonly scopes: ReadonlySet<string>;
}

/** Checks that a channel reads and changes only what it owns: streams that it was the first to write to, or was given. */
export class StreamOwnership {
  /** Streams with channels that own them. Nothing takes a stream from a channel, so an entry stays true. */
  private readonly known = new LRUCache<string, true>({ max: MAX_REMEMBERED });

  constructor(private readonly store: EventStore) {}

  /**
   * @throws DomainError `<category>-not-found` for the stream of another channel, as if there were none
   * @throws StreamNotReadable, OutcomeUnknown when the log does not answer
   */
  async check(contract: CommandContract, body: object, caller: Caller): Promise<void> {
    for (const stream of streamsOf(contract, body)) await this.checkStream(stream, caller, contract.anyChannelScope);
  }

  /** @throws as `check` does */
  async checkStream(stream: string, { channel, isStaff, scopes }: Caller, anyChannelScope = ''): Promise<void> {
    if (isStaff || scopes.has(anyChannelScope) || (await this.isOwn(stream, channel))) return;
    const kind = categoryOf(stream);
    throw new DomainError(`${kind}-not-found`, `There is no ${kind} ${idOf(stream)}${hintOf(anyChannelScope)}`);
  }

  /** A stream that does not exist belongs to everyone. */
  private async isOwn(stream: string, channel: string): Promise<boolean> {
    const key = `${channel}/${stream}`;
    if (this.known.has(key)) return true;
    const givenTo = streamTypeOf(stream)?.givenTo as ((event: Message) => string | undefined) | undefined;
    let exists = false;
    for await (const { event, envelope } of readStream(this.store, stream, eventsOf(stream))) {
      const owner = exists ? givenTo?.(event) : envelope.channel;
      exists = true;
      if (owner === channel) {
        this.known.set(key, true);
        return true;
      }
      if (!givenTo) return false;
    }
    return !exists;
  }
}

/** A command that begins a stream changes nothing that somebody owns. */
const streamsOf = ({ name, scope, stream, namedStreams }: CommandContract, body: object): readonly string[] => {
  const own = stream(body);
  const isOwned = ownScopes.has(scope) && !streamTypeOf(own)?.creates?.includes(name);
  return [...(isOwned ? [own] : []), ...(namedStreams?.(body) ?? [])];
};

const hintOf = (anyChannelScope: string) =>
  anyChannelScope === ''
    ? ''
    : ` of this channel; for those of other channels, the key needs the scope ${anyChannelScope}`;
