import { setTimeout as pause } from 'node:timers/promises';
import { idOf, isStorable, OutcomeUnknown, type Recorded } from '#event-store';
import { type Message, retryDelayMs } from '#kernel';
import { instanceKey, type Instances } from './instances.js';
import { type AnyProcess, type DeliveredEvent } from './process.js';
import { type AnsweredCommands, type Reactor } from './reactor.js';

/** An event for an instance of a process, in the version that today's code knows. */
export interface Delivery<Command extends Message> {
  readonly process: AnyProcess<Command>;
  readonly instance: string;
  readonly recorded: Recorded;
}

/** The events that wait for one instance. They are handled in order, one at a time. */
interface InstanceQueue<Command extends Message> {
  readonly process: AnyProcess<Command>;
  readonly instance: string;
  readonly waiting: { readonly recorded: Recorded; readonly done: () => void }[];
}

export interface InstanceQueuesOptions {
  /** Failures after which an instance is parked. */
  readonly maxAttempts?: number;
  readonly log?: (message: string, details: object) => void;
}

const DELAYS = { firstMs: 50, maxMs: 5_000 };
const MAX_ATTEMPTS = 5;

/** A queue for each instance that has something to do; all of them are processed concurrently. */
export class InstanceQueues<Command extends Message> {
  private readonly queues = new Map<string, InstanceQueue<Command>>();

  constructor(
    private readonly instances: Instances,
    private readonly reactor: Reactor<Command>,
    private readonly options: InstanceQueuesOptions,
  ) {}

  /** @param done called when the event is handled, or when its instance is parked and the event waits with it */
  enqueue({ process, instance, recorded }: Delivery<Command>, done: () => void): void {
    const key = instanceKey(process.name, instance);
    const busy = this.queues.get(key);
    if (busy) {
      busy.waiting.push({ recorded, done });
      return;
    }
    const queue = { process, instance, waiting: [{ recorded, done }] };
    this.queues.set(key, queue);
    void this.workOff(key, queue);
  }

  private async workOff(key: string, queue: InstanceQueue<Command>) {
    for (let next = queue.waiting.shift(); next; next = queue.waiting.shift()) {
      await this.reactOrPark(queue, next.recorded);
      next.done();
    }
    this.queues.delete(key); // in the same turn as the last look: an event that comes now begins a new queue
  }

  /** Retries until the event is handled, or has failed so often that only a person can help. */
  private async reactOrPark(queue: InstanceQueue<Command>, recorded: Recorded) {
    const { process, instance } = queue;
    const { stream, revision, position } = recorded;
    const at = { process: process.name, instance, stream, revision, position };
    if (this.instances.isParked(process.name, instance)) {
      this.instances.hold(at);
      return;
    }
    const answered: AnsweredCommands = new Map();
    for (let attempts = 1; ; attempts++) {
      try {
        await this.react(queue, recorded, answered);
        return;
      } catch (error) {
        // As long as the store does not answer, a failure says nothing about the instance.
        if (!(error instanceof OutcomeUnknown) && attempts >= (this.options.maxAttempts ?? MAX_ATTEMPTS)) {
          this.instances.park({ ...at, error: String(error) });
          this.options.log?.('process instance parked', { process: process.name, instance, error: String(error) });
          return;
        }
        await pause(retryDelayMs(attempts, DELAYS));
      }
    }
  }

  private async react({ process, instance }: InstanceQueue<Command>, recorded: Recorded, answered: AnsweredCommands) {
    const stored = await this.instances.get(process.name, instance, isNew(process, instance, recorded));
    const before = stored && (process.upcast?.(stored) ?? stored);
    const causedByProcess = recorded.envelope.actor === `process:${process.name}`;
    const input = { state: before, delivered: deliveredEvent(recorded), answered, causedByProcess };
    const state = await this.reactor.react(process, instance, input);
    if (!isStorable(state)) throw new TypeError('Its state holds text that the database cannot hold');
    this.instances.complete({ process: process.name, instance, state, position: recorded.position }, before);
  }
}

/** The process has no state, or this is the first event of the stream that the instance is about. */
const isNew = ({ stateless }: AnyProcess, instance: string, { stream, revision }: Recorded) =>
  stateless === true || (revision === 0 && idOf(stream) === instance);

export const deliveredEvent = ({ id, event, stream, envelope }: Recorded): DeliveredEvent => ({
  id,
  event,
  stream,
  correlationId: envelope.correlationId,
  channel: envelope.channel,
  ...(envelope.subject !== undefined && { subject: envelope.subject }),
  occurredAt: envelope.occurredAt,
});
