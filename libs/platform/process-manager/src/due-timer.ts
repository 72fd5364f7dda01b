import { setTimeout as pause } from 'node:timers/promises';
import { StreamNotReadable } from '#event-store';
import { DomainError, KONTOR_NAMESPACE, uuidv5, type Message } from '#kernel';
import { type CommandDispatcher } from './dispatcher.js';

/** A command whose time has come, as far as the read models know; the stream that it is for checks the time again. */
export interface DueCommand<Command extends Message = Message> {
  readonly command: Command;
  /** Names the deadline: the same however often the deadline is found to be due. The command id is derived from it. */
  readonly id: string;
  readonly correlationId: string;
}

/** The port to deadlines that are recorded in read models. */
export abstract class Deadlines<Command extends Message> {
  /** The commands that are due at `now` (ISO 8601 UTC), the most overdue first. */
  abstract due(now: string, limit: number): Promise<readonly DueCommand<Command>[]>;
  /** Why the clock of this machine must not decide what is due, as a sentence; undefined if it may. */
  abstract clockTrouble(): Promise<string | undefined>;
}

const MAX_DUE_AT_ONCE = 500;

export interface TimerStatus {
  /** Commands sent since the start. */
  readonly fired: number;
  /** Of the last tick, if it failed. */
  readonly lastError: string | undefined;
}

/** Sends the commands that are due, at every tick until the deadlines are gone from the read models. */
export class DueTimer<Command extends Message> implements TimerStatus {
  fired = 0;
  lastError: string | undefined;

  constructor(
    private readonly deadlines: Deadlines<Command>,
    private readonly dispatcher: CommandDispatcher<Command>,
    private readonly everyMs = 1000,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        // With a wrong clock, all that is open now would be cancelled at once.
        this.lastError = (await this.deadlines.clockTrouble()) ?? (await this.sendDue(new Date().toISOString()));
      } catch (error) {
        this.lastError = String(error); // tried again at the next tick; shown in the worker's health
      }
      await pause(this.everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns the first error, if there was one: it kept none of the other commands back */
  private async sendDue(now: string): Promise<string | undefined> {
    const due = await this.deadlines.due(now, MAX_DUE_AT_ONCE);
    const results = await Promise.allSettled(due.map((one) => this.send(one, now)));
    const failure = results.find((result) => result.status === 'rejected');
    return failure && String(failure.reason);
  }

  private async send({ command, id, correlationId }: DueCommand<Command>, now: string) {
    const cause = { channel: 'system', actor: 'process:deadlines', occurredAt: now, correlationId };
    try {
      await this.dispatcher.send(command, { ...cause, commandId: uuidv5(KONTOR_NAMESPACE, `${command.type}/${id}`) });
      this.fired++;
    } catch (error) {
      // A stream that cannot be read is reported by the consumers that follow it; it holds no other deadline up.
      if (!(error instanceof DomainError || error instanceof StreamNotReadable)) throw error;
    }
  }
}
