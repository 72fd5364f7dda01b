import {
  type AnyStreamType,
  categoryOf,
  type DeciderRunner,
  recognizeEvent,
  readStream,
  type Recorded,
  type StreamReader,
} from '#event-store';
import { type Message } from '#kernel';
import { readHeld } from './held-events.js';
import { type Instances } from './instances.js';
import { deliveredEvent, type Delivery } from './instance-queues.js';
import { type AnyProcess } from './process.js';
import { EVERY_PROCESS, type WaitingInstance } from './process-store.js';

export interface ListenersOptions {
  readonly deciders: Pick<DeciderRunner, 'observe'>;
  /** Where events that parked instances wait for are read again. */
  readonly store: StreamReader;
  /** Every type of stream that a process follows: with them events are read, and decider states are kept up to date. */
  readonly streamTypes: readonly AnyStreamType[];
}

/** Finds the instances of processes that an event is for. */
export class Listeners<Command extends Message> {
  private readonly types: ReadonlyMap<string, AnyStreamType>;

  constructor(
    private readonly processes: readonly AnyProcess<Command>[],
    private readonly options: ListenersOptions,
  ) {
    this.types = new Map(options.streamTypes.map((type) => [type.category, type]));
  }

  /** @throws StreamNotReadable, and the error of a process that cannot tell the instance of an event */
  deliveriesOf(recorded: Recorded): readonly Delivery<Command>[] {
    const category = categoryOf(recorded.stream);
    const type = this.types.get(category);
    const current = recognizeEvent(recorded, type?.events ?? {});
    if (type) this.options.deciders.observe(type, current);
    const found: Delivery<Command>[] = [];
    for (const process of this.processes) {
      if (!process.inputs.categories.includes(category) || !process.inputs.includes(current.event)) continue;
      const instance = process.instanceOf(deliveredEvent(current));
      if (instance !== undefined) found.push({ process, instance, recorded: current });
    }
    return found;
  }

  /** The events that wait for a parked instance, or in a parked stream. @throws StreamNotReadable, OutcomeUnknown */
  heldBackFor(one: WaitingInstance, instances: Instances): Promise<readonly Delivery<Command>[]> {
    return one.process === EVERY_PROCESS ? this.heldStream(one, instances) : this.heldEvents(one);
  }

  /** The stream up to the place where reading goes on: what comes after it is delivered by the subscription. */
  private async heldStream({ instance: stream, revision }: WaitingInstance, instances: Instances) {
    const held: Delivery<Command>[] = [];
    for await (const recorded of readStream(this.options.store, stream, this.eventsOf(stream), revision)) {
      if (!instances.isBeforeStart(recorded.position)) break;
      held.push(...this.deliveriesOf(recorded));
    }
    return held;
  }

  private async heldEvents({ process: name, instance, held, stream, revision, position }: WaitingInstance) {
    const process = this.processes.find((one) => one.name === name);
    if (!process) return []; // an earlier version had such a process
    if (stream === undefined || revision === undefined)
      throw new Error(`${name}/${instance} does not say where it waits`);
    const waiting = [{ stream, revision, position }, ...held];
    const events = await readHeld(this.options.store, waiting, (one) => this.eventsOf(one));
    // An earlier version may have held back events that the process ignores today.
    return events
      .filter(({ event }) => process.inputs.includes(event))
      .map((recorded): Delivery<Command> => ({ process, instance, recorded }));
  }

  private eventsOf(stream: string) {
    return this.types.get(categoryOf(stream))?.events ?? {};
  }
}
