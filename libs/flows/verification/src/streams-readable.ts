import {
  known,
  type KnownEvents,
  notReadable,
  type Recorded,
  START,
  StreamNotReadable,
  type Unreadable,
} from '#event-store';
import { Checker } from './checker.js';

/** Asked before all others, so that they see only what is the product's, each stream from its beginning and without gaps. */
export class StreamsReadable extends Checker {
  override readonly invariant = 'I21';
  override readonly title = 'every stream holds only events of Kontor, all of them, and nothing hides any';
  /** Each is one that somebody has to look after. */
  protected override readonly mostKept = 10_000;
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
      this.giveUp(recorded, error);
      return undefined;
    }
  }

  /** Nobody can make sense of the event, though it looks like one of the product's. */
  giveUp(recorded: Recorded, error: unknown): void {
    const { stream, revision, event } = recorded;
    this.unreadable.add(stream);
    this.fail(recorded, notReadable(error, { stream, revision, type: event.type }).reason);
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
