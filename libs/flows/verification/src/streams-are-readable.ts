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

/** Reads events for the other checkers, so that they get only events of Kontor, with each stream from its start and without gaps. */
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

  /** Returns the event in its current version, or undefined once an event of its stream cannot be read. */
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

  /** Records an event that looks like one of Kontor's, but on which a checker throws. */
  markUnreadable(recorded: Recorded, error: unknown): void {
    const { stream, revision, event } = recorded;
    this.unreadable.add(stream);
    this.report(recorded, asStreamNotReadable(error, { stream, revision, type: event.type }).reason);
  }

  /** Records streams whose events an operator has deleted or hidden with the store's own tools. */
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
