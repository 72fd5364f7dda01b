import { type Recorded } from '#event-store';
import { eventId, isUuid } from '#kernel';
import { Checker } from './checker.js';
import { invariants } from './invariants.js';

/** The newest command in a stream, and how many events it has recorded there so far. */
interface NewestCommand {
  readonly commandId: string;
  readonly eventCount: number;
}

export class CommandsActOnce extends Checker {
  override readonly invariant = invariants.commandsActOnce;
  /** By command id: the stream that the command wrote to. */
  private readonly streams = new Map<string, string>();
  private readonly newestCommands = new Map<string, NewestCommand>();

  override check(recorded: Recorded): void {
    const { commandId } = recorded.envelope;
    const newest = this.newestCommands.get(recorded.stream);
    const isContinuation = newest?.commandId === commandId;
    const index = isContinuation ? newest.eventCount : 0;
    this.newestCommands.set(recorded.stream, { commandId, eventCount: index + 1 });
    if (!isUuid(commandId)) {
      this.report(recorded, `The command id ${JSON.stringify(commandId)} is not a UUID`);
      return;
    }
    if (!isContinuation) this.checkFirstEvent(recorded, commandId);
    if (recorded.id !== eventId(commandId, index)) {
      this.report(recorded, `The event's id is not that of event ${index} of command ${commandId}`);
    }
  }

  private checkFirstEvent(recorded: Recorded, commandId: string) {
    this.checked++;
    const earlierStream = this.streams.get(commandId);
    this.streams.set(commandId, recorded.stream);
    if (earlierStream === undefined) return;
    this.report(recorded, `Command ${commandId} has already recorded events in ${earlierStream}`);
  }
}
