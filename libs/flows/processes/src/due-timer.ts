import { setTimeout as pause } from 'node:timers/promises';
import { StreamNotReadable } from '#event-store';
import { DomainError, type Intent, KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type Dispatcher } from './dispatcher.js';

/** Something whose time has come, as far as the read models know; the stream that it concerns checks again. */
export interface DueWork {
  readonly intent: Intent;
  /** The same for the same deadline, however often it is found due. */
  readonly id: string;
  readonly correlationId: string;
}

/** The port to deadlines that are recorded in read models. */
export abstract class Deadlines {
  /** What is due at `now` (ISO 8601 UTC), most overdue first. */
  abstract due(now: string, limit: number): Promise<readonly DueWork[]>;
}

const LIMIT = 500;

/** Turns due deadlines into commands, again and again until they are gone from the read models. */
export class DueTimer {
  /** Commands sent since the start. */
  fired = 0;
  lastError: string | undefined;

  constructor(
    private readonly deadlines: Deadlines,
    private readonly dispatcher: Pick<Dispatcher, 'send'>,
    private readonly everyMs = 1000,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.fire(new Date().toISOString());
        this.lastError = undefined;
      } catch (error) {
        this.lastError = String(error); // tried again at the next tick; shown in the worker's health
      }
      await pause(this.everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async fire(now: string) {
    const due = await this.deadlines.due(now, LIMIT);
    const results = await Promise.allSettled(due.map((one) => this.send(one, now)));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason as Error;
  }

  private async send({ intent, id, correlationId }: DueWork, now: string) {
    const cause = { channel: 'system', actor: 'process:deadlines', occurredAt: now, correlationId };
    try {
      await this.dispatcher.send(intent, { ...cause, commandId: uuidv5(KONTOR_NAMESPACE, `${intent.type}/${id}`) });
      this.fired++;
    } catch (error) {
      // A stream that cannot be read is named by those who follow it; its deadlines keep no other from coming.
      if (!(error instanceof DomainError || error instanceof StreamNotReadable)) throw error;
    }
  }
}
