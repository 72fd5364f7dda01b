import { setTimeout as pause } from 'node:timers/promises';
import { idOf, isStorable, OutcomeUnknown, type Recorded } from '#event-store';
import { type AnyProcess, type Happened, retryDelayMs } from '#kernel';
import { type Instances, keyOf } from './instances.js';
import { type Reactor } from './reactor.js';

/** An event for an instance, as today's code knows it. */
export interface Delivery {
  readonly process: AnyProcess;
  readonly instance: string;
  readonly recorded: Recorded;
}

/** One instance at work: its events in order, one at a time. */
interface Lane {
  readonly process: AnyProcess;
  readonly instance: string;
  readonly waiting: { readonly recorded: Recorded; readonly done: () => void }[];
}

export interface LanesOptions {
  /** Tries before an instance that fails is parked. */
  readonly tries?: number;
  readonly log?: (message: string, details: object) => void;
}

const DELAYS = { firstMs: 50, maxMs: 5_000 };

/** Instances at work side by side. */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();

  constructor(
    private readonly instances: Instances,
    private readonly reactor: Reactor,
    private readonly options: LanesOptions,
  ) {}

  /** @param done called when the instance is done with the event, or is parked and keeps it for later */
  enqueue({ process, instance, recorded }: Delivery, done: () => void): void {
    const key = keyOf(process.name, instance);
    const busy = this.lanes.get(key);
    if (busy) {
      busy.waiting.push({ recorded, done });
      return;
    }
    const lane = { process, instance, waiting: [{ recorded, done }] };
    this.lanes.set(key, lane);
    void this.drive(key, lane);
  }

  private async drive(key: string, lane: Lane) {
    for (let next = lane.waiting.shift(); next; next = lane.waiting.shift()) {
      await this.persist(lane, next.recorded);
      next.done();
    }
    this.lanes.delete(key); // at once: nothing may be put on a lane that nobody drives
  }

  /** Tries again until it is done, or so often that only a person can help. */
  private async persist(lane: Lane, recorded: Recorded) {
    const { process, instance } = lane;
    const { stream, revision, position } = recorded;
    const at = { process: process.name, instance, stream, revision, position };
    if (this.instances.isParked(process.name, instance)) {
      this.instances.hold(at);
      return;
    }
    for (let tries = 1; ; tries++) {
      try {
        await this.react(lane, recorded);
        return;
      } catch (error) {
        // Without an answer from the store, tries prove nothing.
        if (!(error instanceof OutcomeUnknown) && tries >= (this.options.tries ?? 5)) {
          this.instances.park({ ...at, error: String(error) });
          this.options.log?.('process instance parked', { process: process.name, instance, error: String(error) });
          return;
        }
        await pause(retryDelayMs(tries, DELAYS));
      }
    }
  }

  private async react({ process, instance }: Lane, recorded: Recorded) {
    const before = await this.instances.get(process.name, instance, isNew(process, instance, recorded));
    const state = await this.reactor.react(process, instance, { state: before, happened: happened(recorded) });
    if (!isStorable(state)) throw new TypeError('Its state holds text that the database cannot hold');
    this.instances.settle({ process: process.name, instance, state, position: recorded.position }, before);
  }
}

/** It remembers nothing, or this is the first event of the stream that it is about. */
const isNew = ({ stateless }: AnyProcess, instance: string, { stream, revision }: Recorded) =>
  stateless === true || (revision === 0 && idOf(stream) === instance);

export const happened = ({ id, event, stream, envelope }: Recorded): Happened => ({
  id,
  event,
  stream,
  correlationId: envelope.correlationId,
  channel: envelope.channel,
  occurredAt: envelope.occurredAt,
});
