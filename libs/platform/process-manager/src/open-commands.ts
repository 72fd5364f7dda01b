import { categoryOf, type Position, type Recorded, START } from '#event-store';
import { type Cause, type Message } from '#kernel';
import { instanceKey } from './instances.js';
import { type AnyProcess, type DeliveredEvent } from './process.js';
import { type WaitingInstance } from './process-store.js';
import { processRefusals } from './refusal-stream.js';

/** Names the commands that a process sends for one event. */
export const causeKey = ({ actor, causationId = '' }: Pick<Cause, 'actor' | 'causationId'>) =>
  `${actor}/${causationId}`;

/**
 * Tells of a command without an answer in the log whether it is open, or was carried out without events.
 *
 * Up to the checkpoint of the live states everything was carried out, but for parked instances only what came before the event at
 * which they are parked. If the live states are lost, a command is open unless its instance has gone on: then a later event of the
 * instance has led to an answer. Before the first recorded refusal of a log, even that says nothing: the command may have been refused
 * by a version that did not record it.
 */
export class OpenCommands {
  /** Parked instances, by the event at which they are parked. */
  private readonly parkedAt: ReadonlyMap<string, readonly string[]>;
  /** The event at which a parked instance is parked, once it is read. */
  private readonly parkedEvents = new Map<string, string>();
  private readonly parked = new Set<string>();
  /** Events that wait for their instance, and whether refusals were recorded when they were. */
  private readonly queued = new Map<string, Map<string, boolean>>();
  /** The instances with commands that are not answered yet, by {@link causeKey}. */
  private readonly senders = new Map<string, Sender>();
  /** Of the batch that was read last. */
  private positions: ReadonlyMap<string, Position> = new Map();
  private firstRefusal: Position | undefined;

  constructor(
    private readonly live: { readonly position: Position; readonly parked: readonly WaitingInstance[] },
    /** Whether an event, by {@link causeKey}, has led to an answer that is not heard yet. */
    private readonly hasAnswer: (key: string) => boolean,
  ) {
    const places = Map.groupBy(live.parked, placeOf);
    this.parkedAt = new Map(
      [...places].map(([place, all]) => [place, all.map((one) => instanceKey(one.process, one.instance))]),
    );
  }

  /** Call it with what was read, before that is delivered. */
  read(batch: readonly Recorded[]): void {
    this.positions = new Map(batch.map(({ id, position }) => [id, position]));
    this.firstRefusal ??= batch.find(({ stream }) => categoryOf(stream) === processRefusals.category)?.position;
    for (const recorded of batch) {
      for (const instance of this.parkedAt.get(placeOf(recorded)) ?? []) this.parkedEvents.set(instance, recorded.id);
    }
  }

  /** Call it when a command is answered, or never will be. */
  answered(cause: Cause): void {
    const key = causeKey(cause);
    const sender = this.senders.get(key);
    if (sender && --sender.unanswered === 0) this.senders.delete(key);
  }

  isOpen(cause: Cause): boolean {
    const { instance = '', knowsRefusals = false } = this.senders.get(causeKey(cause)) ?? {};
    if (this.live.position !== START) return this.parked.has(instance);
    const later = [...(this.queued.get(instance)?.keys() ?? [])];
    return (
      !knowsRefusals || !later.some((causationId) => this.hasAnswer(causeKey({ actor: cause.actor, causationId })))
    );
  }

  /** @returns the same processes, whose inputs and reactions are noted */
  watch<Command extends Message>(processes: readonly AnyProcess<Command>[]): readonly AnyProcess<Command>[] {
    return processes.map((process) => ({
      ...process,
      instanceOf: (delivered) => {
        const instance = process.instanceOf(delivered);
        if (instance !== undefined) this.enqueue(instanceKey(process.name, instance), delivered.id);
        return instance;
      },
      react: (state, delivered, instance) => {
        const key = instanceKey(process.name, instance);
        const knowsRefusals = this.dequeue(key, delivered);
        const reaction = process.react(state, delivered, instance);
        const sent = causeKey({ actor: `process:${process.name}`, causationId: delivered.id });
        const unanswered = reaction.commands.length;
        if (unanswered > 0) this.senders.set(sent, { instance: key, knowsRefusals, unanswered });
        return reaction;
      },
    }));
  }

  private enqueue(instance: string, id: string) {
    const queue = this.queued.get(instance) ?? new Map<string, boolean>();
    const { firstRefusal } = this;
    const isLater = firstRefusal !== undefined && (this.positions.get(id) ?? firstRefusal) >= firstRefusal;
    this.queued.set(instance, queue.set(id, isLater));
  }

  /** @returns whether refusals were recorded when the event was; an event that is not in the log is a recorded refusal */
  private dequeue(instance: string, { id }: DeliveredEvent): boolean {
    const queue = this.queued.get(instance);
    const knowsRefusals = queue?.get(id) ?? true;
    queue?.delete(id);
    if (queue?.size === 0) this.queued.delete(instance);
    if (this.parkedEvents.get(instance) === id) this.parked.add(instance);
    return knowsRefusals;
  }
}

interface Sender {
  readonly instance: string;
  /** Whether a refusal of its commands would be in the log. */
  readonly knowsRefusals: boolean;
  unanswered: number;
}

const placeOf = ({ stream, revision }: { readonly stream?: string; readonly revision?: number }) =>
  `${revision}/${stream}`;
