import { type Recorded, START, laterOf } from '#event-store';
import { Checker } from './checker.js';
import { invariants } from './invariants.js';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const missingFields = ({ envelope }: Recorded): string[] => {
  const { actor, channel, commandId, correlationId, causationId } = envelope;
  // A process acts because of an event; the deadlines process alone acts because time has passed.
  const isCausedByEvent = !actor || (actor.startsWith('process:') && actor !== 'process:deadlines');
  const required = { actor, channel, commandId, correlationId, ...(isCausedByEvent && actor ? { causationId } : {}) };
  return Object.entries(required).flatMap(([name, value]) => (value ? [] : [name]));
};

export class EnvelopesComplete extends Checker {
  override readonly invariant = invariants.envelopesComplete;
  private position = START;

  override check(recorded: Recorded): void {
    this.checked++;
    const { position, envelope } = recorded;
    const missing = missingFields(recorded);
    if (missing.length > 0) this.report(recorded, `The event has no ${missing.join(', ')}`);
    if (!INSTANT.test(envelope.occurredAt)) {
      this.report(recorded, `The business time ${envelope.occurredAt} is not a UTC time with milliseconds`);
    }
    if (position <= this.position) this.report(recorded, `Position ${position} comes after ${this.position}`);
    this.position = laterOf(position, this.position);
  }
}
