import { type Recorded, START, laterOf } from '#event-store';
import { type EventDefinition } from '#kernel';
import { Checker } from './checker.js';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const missingIn = ({ envelope }: Recorded): string[] => {
  const { actor, channel, commandId, correlationId, causationId } = envelope;
  // A deadline is caused by time alone.
  const byProcess = !actor || (actor.startsWith('process:') && actor !== 'process:deadlines');
  const needed = { actor, channel, commandId, correlationId, ...(byProcess && actor ? { causationId } : {}) };
  return Object.entries(needed).flatMap(([name, value]) => (value ? [] : [name]));
};

export class EnvelopesComplete extends Checker {
  override readonly invariant = 'I10';
  override readonly title = 'every event says who, where and why; streams have no gaps, and positions only grow';
  private readonly next = new Map<string, number>();
  private position = START;

  constructor(private readonly definitions: Readonly<Record<string, EventDefinition>>) {
    super();
  }

  override see(recorded: Recorded): void {
    this.checked++;
    const { stream, revision, position, envelope } = recorded;
    const missing = missingIn(recorded);
    if (missing.length > 0) this.fail(recorded, `The event has no ${missing.join(', ')}`);
    if (!INSTANT.test(envelope.occurredAt)) this.fail(recorded, `${envelope.occurredAt} is no time to occur at`);
    this.checkType(recorded);
    const expected = this.next.get(stream) ?? 0;
    if (revision !== expected) this.fail(recorded, `Revision ${revision} follows where ${expected} should be`);
    this.next.set(stream, revision + 1);
    if (position <= this.position) this.fail(recorded, `Position ${position} comes after ${this.position}`);
    this.position = laterOf(position, this.position);
  }

  private checkType(recorded: Recorded) {
    const { event, envelope } = recorded;
    const known = this.definitions[event.type]?.version;
    const version = Number(envelope.schema);
    if (known === undefined) this.fail(recorded, `Nobody knows an event ${event.type}`);
    else if (!(version >= 1 && version <= known)) {
      this.fail(recorded, `Nobody knows version ${envelope.schema} of ${event.type}`);
    }
  }
}
