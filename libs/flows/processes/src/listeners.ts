import {
  type AnyStreamType,
  categoryOf,
  type DeciderRunner,
  recognizeEvent,
  readStream,
  type Recorded,
  type StreamReader,
} from '#event-store';
import { type AnyProcess } from '#kernel';
import { readHeld } from './held-events.js';
import { type Instances } from './instances.js';
import { type Delivery, happened } from './lanes.js';
import { EVERY_PROCESS, type HeldEvent, type WaitingInstance } from './process-store.js';

export interface ListenersOptions {
  readonly deciders: Pick<DeciderRunner, 'observe'>;
  /** Where events that parked instances wait for are read again. */
  readonly store: StreamReader;
  /** All kinds of streams that the processes listen to: to read their events, and to keep them warm. */
  readonly streamTypes: readonly AnyStreamType[];
}

/** The processes, by what they listen to. */
export class Listeners {
  private readonly types: ReadonlyMap<string, AnyStreamType>;

  constructor(
    private readonly processes: readonly AnyProcess[],
    private readonly options: ListenersOptions,
  ) {
    this.types = new Map(options.streamTypes.map((type) => [type.category, type]));
  }

  /**
   * Who is to hear of the event.
   * @throws StreamNotReadable, and whatever a process says of an event that it does not understand
   */
  deliveriesOf(recorded: Recorded): readonly Delivery[] {
    const category = categoryOf(recorded.stream);
    const type = this.types.get(category);
    const current = recognizeEvent(recorded, type?.events ?? {});
    if (type) this.options.deciders.observe(type, current);
    const found: Delivery[] = [];
    for (const process of this.processes) {
      if (!process.categories.includes(category)) continue;
      const instance = process.instanceOf(happened(current));
      if (instance !== undefined) found.push({ process, instance, recorded: current });
    }
    return found;
  }

  /** What a parked instance or stream waits for. @throws StreamNotReadable, OutcomeUnknown */
  heldBackFor(one: WaitingInstance, instances: Instances): Promise<readonly Delivery[]> {
    return one.process === EVERY_PROCESS ? this.heldStream(one, instances) : this.heldEvents(one);
  }

  /** The stream as far as it has been read before; what comes then comes by itself. */
  private async heldStream({ instance: stream, revision }: WaitingInstance, instances: Instances) {
    const held: Delivery[] = [];
    for await (const recorded of readStream(this.options.store, stream, this.eventsOf(stream), revision)) {
      if (!instances.isBeforeStart(recorded.position)) break;
      held.push(...this.deliveriesOf(recorded));
    }
    return held;
  }

  private async heldEvents({ process: name, instance, held, ...first }: WaitingInstance) {
    const process = this.processes.find((one) => one.name === name);
    if (!process) return []; // there is no such process any more
    const wanted = [first as HeldEvent, ...held];
    const events = await readHeld(this.options.store, wanted, (stream) => this.eventsOf(stream));
    return events.map((recorded): Delivery => ({ process, instance, recorded }));
  }

  private eventsOf(stream: string) {
    return this.types.get(categoryOf(stream))?.events ?? {};
  }
}
