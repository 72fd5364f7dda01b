import { retryDelayMs } from '#kernel';
import { type Position } from './position.js';
import { setTimeout as pause } from 'node:timers/promises';
import { LogMismatch } from './errors.js';
import { type Consumer } from './consumer.js';
import { resumePosition } from './resume-position.js';
import { type Batch, type EventStore } from './port.js';

export interface ConsumerLoopOptions {
  /** The maximum number of events in one batch. Default: the store's. */
  readonly batchSize?: number;
  /** Milliseconds to wait after the `failures`-th failure in a row. Default: 100 ms doubling to 10 s, with jitter. */
  readonly backoff?: (failures: number) => number;
  /** Called at every change of state and after every batch. */
  readonly onChange?: (status: ConsumerStatus) => void;
}

export interface ConsumerStatus {
  readonly name: string;
  /** `waiting`: pausing after a failure. */
  readonly state: 'starting' | 'catching-up' | 'live' | 'waiting' | 'stopped';
  /** The position up to which events are handled; undefined until the consumer has returned its checkpoint. */
  readonly position: Position | undefined;
  readonly handledEvents: number;
  readonly restarts: number;
  /** The last failure; cleared when a batch is handled. */
  readonly lastError: unknown;
  /** When the store last delivered a batch, which may be empty; milliseconds since 1970. */
  readonly lastContactAt: number | undefined;
}

const DELAYS = { firstMs: 100, maxMs: 10_000 };
const jitteredDelayMs = (failures: number) => retryDelayMs(failures, DELAYS, Math.random);

/** Runs one consumer, and restarts it after failures of the store, the network or the consumer's own database. */
export class ConsumerLoop {
  private current: ConsumerStatus;
  private failures = 0;

  constructor(
    private readonly store: EventStore,
    private readonly consumer: Consumer,
    private readonly options: ConsumerLoopOptions = {},
  ) {
    this.current = {
      name: consumer.name,
      state: 'starting',
      position: undefined,
      handledEvents: 0,
      restarts: 0,
      lastError: undefined,
      lastContactAt: undefined,
    };
  }

  status(): ConsumerStatus {
    return this.current;
  }

  /** Runs until `signal` aborts and the current batch is handled. Never rejects: it retries after every failure. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.recover(await this.consume(signal), signal);
    this.change({ state: 'stopped' });
  }

  private async recover(reason: unknown, signal: AbortSignal) {
    if (signal.aborted) return;
    this.change({ state: 'waiting', lastError: reason, restarts: this.current.restarts + 1 });
    const { backoff = jitteredDelayMs } = this.options;
    await pause(backoff(++this.failures), undefined, { signal }).catch(() => undefined);
  }

  /** @returns why the subscription has ended; an end without an error counts as a failure, too */
  private async consume(signal: AbortSignal): Promise<unknown> {
    const restart = new AbortController();
    try {
      const checkpoint = await this.consumer.resume((reason) => restart.abort(reason));
      const position = await resumePosition(this.store, checkpoint);
      if (position === undefined) throw new LogMismatch(this.consumer.name, checkpoint);
      this.change({ state: 'catching-up', position });
      const { categories } = this.consumer;
      const { batchSize } = this.options;
      const stop = AbortSignal.any([signal, restart.signal]);
      const subscription = { categories, signal: stop, ...(batchSize !== undefined && { batchSize }) };
      for await (const batch of this.store.subscribe(position, subscription)) {
        this.change({ lastContactAt: Date.now() });
        await this.handle(batch);
        if (stop.aborted) break;
      }
      return restart.signal.reason ?? new Error('The subscription ended');
    } catch (error) {
      return error;
    }
  }

  private async handle(batch: Batch) {
    const { position, handledEvents } = this.current;
    if (batch.events.length > 0 || batch.position !== position) await this.consumer.handle(batch);
    else await this.consumer.onHeartbeat?.();
    this.failures = 0;
    this.change({
      state: batch.caughtUp ? 'live' : 'catching-up',
      position: batch.position,
      handledEvents: handledEvents + batch.events.length,
      lastError: undefined,
    });
  }

  private change(change: Partial<ConsumerStatus>) {
    this.current = { ...this.current, ...change };
    this.options.onChange?.(this.current);
  }
}
