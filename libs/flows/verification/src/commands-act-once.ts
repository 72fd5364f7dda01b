import { type Recorded } from '#event-store';
import { eventId, isUuid } from '#kernel';
import { Checker } from './checker.js';

interface Last {
  readonly commandId: string;
  readonly count: number;
}

export class CommandsActOnce extends Checker {
  override readonly invariant = 'I3';
  override readonly title = 'all events of a command stand together, once, and their ids follow from its id';
  /** Command → the stream that it wrote to. */
  private readonly streams = new Map<string, string>();
  private readonly last = new Map<string, Last>();

  override see(recorded: Recorded): void {
    const { commandId } = recorded.envelope;
    const last = this.last.get(recorded.stream);
    const goesOn = last?.commandId === commandId;
    const index = goesOn ? last.count : 0;
    this.last.set(recorded.stream, { commandId, count: index + 1 });
    if (!isUuid(commandId)) {
      this.fail(recorded, `The command id ${JSON.stringify(commandId)} is no UUID`);
      return;
    }
    if (!goesOn) this.begin(recorded, commandId);
    if (recorded.id !== eventId(commandId, index)) {
      this.fail(recorded, `The event's id is not that of event ${index} of command ${commandId}`);
    }
  }

  private begin(recorded: Recorded, commandId: string) {
    this.checked++;
    const before = this.streams.get(commandId);
    this.streams.set(commandId, recorded.stream);
    if (before !== undefined) this.fail(recorded, `Command ${commandId} has had its effect before, in ${before}`);
  }
}
