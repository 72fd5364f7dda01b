import { known, type KnownEvents, type Recorded, START, StreamNotReadable, type Unreadable } from '#event-store';
import { Checker } from './checker.js';

/** Asked before all others, so that they see only what is the product's, each stream from its beginning and without gaps. */
export class StreamsReadable extends Checker {
  override readonly invariant = 'I21';
  override readonly title = 'every stream holds only events of Kontor, all of them, and nothing hides any';
  private readonly next = new Map<string, number>();
  private readonly unreadable = new Set<string>();

  constructor(private readonly eventsOf: (stream: string) => KnownEvents) {
    super();
  }

  override see(): void {
    return; // it has seen the event when it was asked for it
  }

  /** The event as today's code knows it; undefined from where its stream cannot be read. */
  read(recorded: Recorded): Recorded | undefined {
    const { stream, revision } = recorded;
    if (this.unreadable.has(stream)) return undefined;
    this.checked++;
    try {
      this.follow(stream, revision);
      return known(recorded, this.eventsOf(stream));
    } catch (error) {
      if (!(error instanceof StreamNotReadable)) throw error;
      this.unreadable.add(stream);
      this.fail(recorded, error.reason);
      return undefined;
    }
  }

  /** What the store's own tools have done to streams. */
  cut(streams: readonly Unreadable[]): void {
    for (const { stream, revision, reason } of streams) this.fail({ stream, revision, position: START }, reason);
  }

  private follow(stream: string, revision: number) {
    const expected = this.next.get(stream) ?? 0;
    this.next.set(stream, revision + 1);
    if (revision === expected) return;
    const reason = `Revision ${revision} follows where ${expected} should be`;
    throw new StreamNotReadable({ stream, revision: expected, reason });
  }
}
