import {
  recognizeEvent,
  type KnownEvents,
  asStreamNotReadable,
  type Recorded,
  START,
  StreamNotReadable,
  type Unreadable,
} from '#event-store';
import { Checker } from './checker.js';
import { invariants } from './invariants.js';

/** Reads each event for the other checkers, so that they see only events of Kontor, each stream from its beginning and without gaps. */
export class StreamsAreReadable extends Checker {
  override readonly invariant = invariants.streamsAreReadable;
  /** High, because each violation names a stream that a person has to repair. */
  protected override readonly maxViolations = 10_000;
  private readonly nextRevisions = new Map<string, number>();
  private readonly unreadable = new Set<string>();

  constructor(private readonly eventsOf: (stream: string) => KnownEvents) {
    super();
  }

  override check(): void {
    return; // `read` has checked the event already
  }

  /** Returns the event in today's version, or undefined from the first event on that cannot be read in its stream. */
  read(recorded: Recorded): Recorded | undefined {
    const { stream, revision } = recorded;
    if (this.unreadable.has(stream)) return undefined;
    this.checked++;
    try {
      this.checkRevision(stream, revision);
      return recognizeEvent(recorded, this.eventsOf(stream));
    } catch (error) {
      this.markUnreadable(recorded, error);
      return undefined;
    }
  }

  /** For an event on which a checker throws, though it looks like an event of Kontor. */
  markUnreadable(recorded: Recorded, error: unknown): void {
    const { stream, revision, event } = recorded;
    this.unreadable.add(stream);
    this.report(recorded, asStreamNotReadable(error, { stream, revision, type: event.type }).reason);
  }

  /** For streams whose events the store's own tools have deleted or hidden. */
  reportCutStreams(streams: readonly Unreadable[]): void {
    for (const { stream, revision, reason } of streams) this.report({ stream, revision, position: START }, reason);
  }

  private checkRevision(stream: string, revision: number) {
    const expected = this.nextRevisions.get(stream) ?? 0;
    this.nextRevisions.set(stream, revision + 1);
    if (revision === expected) return;
    const reason = `Revision ${revision} follows where ${expected} should be`;
    throw new StreamNotReadable({ stream, revision: expected, reason });
  }
}
