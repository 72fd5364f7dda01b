import { type Recorded, START, laterOf } from '#event-store';
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
  override readonly title = 'every event says who, where and why, and positions only grow';
  private position = START;

  override see(recorded: Recorded): void {
    this.checked++;
    const { position, envelope } = recorded;
    const missing = missingIn(recorded);
    if (missing.length > 0) this.fail(recorded, `The event has no ${missing.join(', ')}`);
    if (!INSTANT.test(envelope.occurredAt)) this.fail(recorded, `${envelope.occurredAt} is no time to occur at`);
    if (position <= this.position) this.fail(recorded, `Position ${position} comes after ${this.position}`);
    this.position = laterOf(position, this.position);
  }
}
