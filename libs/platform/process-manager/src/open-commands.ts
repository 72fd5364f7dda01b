import { categoryOf, type Position, type Recorded, START } from '#event-store';
import { type Cause, type Message, processCommandId } from '#kernel';
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
  /** The instances that events wait for, by the {@link causeKey} of the commands that they will lead to. */
  private readonly queuedIn = new Map<string, string>();
  /** Commands that are not answered yet, by id. */
  private readonly unanswered = new Map<string, UnansweredCommand>();
  /** Of the batch that was read last. */
  private positions: ReadonlyMap<string, Position> = new Map();
  private firstRefusal: Position | undefined;

  constructor(
    private readonly live: { readonly position: Position; readonly parked: readonly WaitingInstance[] },
    private readonly answers: {
      /** Whether an event, by {@link causeKey}, has led to an answer that is not heard yet. */
      readonly has: (key: string) => boolean;
      /** Called when an instance whose commands wait has gone on: a later event has led to an answer. */
      readonly goneOn: (instance: string) => void;
    },
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

  /** The number of commands that are not answered yet. */
  get size(): number {
    return this.unanswered.size;
  }

  /** Call it when a command is answered, or never will be. */
  answered({ commandId }: Pick<Cause, 'commandId'>): void {
    this.unanswered.delete(commandId);
  }

  /** Call it when an event, by {@link causeKey}, has led to an answer. */
  answerRead(key: string): void {
    const instance = this.queuedIn.get(key);
    if (instance !== undefined) this.answers.goneOn(instance);
  }

  isOpen({ commandId }: Cause): boolean {
    const { instance = '', knowsRefusals = false } = this.unanswered.get(commandId) ?? {};
    if (this.live.position !== START) return this.parked.has(instance);
    const later = [...(this.queued.get(instance)?.keys() ?? [])];
    return !knowsRefusals || !later.some((id) => this.answers.has(causeKeyOf(instance, id)));
  }

  /** Whether no event to come changes {@link isOpen} of a command without an answer in the log. */
  isCertain(cause: Cause): boolean {
    return this.live.position !== START || !this.isOpen(cause);
  }

  /** The instance that has sent a command. */
  senderOf({ commandId }: Cause): string {
    return this.unanswered.get(commandId)?.instance ?? '';
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
        if (delivered.event.type === 'CommandRefused') this.unanswered.delete(delivered.id); // the id of the command
        const reaction = process.react(state, delivered, instance);
        for (const index of reaction.commands.keys()) {
          const commandId = processCommandId(process.name, delivered.id, index);
          this.unanswered.set(commandId, { instance: key, knowsRefusals });
        }
        return reaction;
      },
    }));
  }

  private enqueue(instance: string, id: string) {
    const queue = this.queued.get(instance) ?? new Map<string, boolean>();
    const { firstRefusal } = this;
    const isLater = firstRefusal !== undefined && (this.positions.get(id) ?? firstRefusal) >= firstRefusal;
    this.queued.set(instance, queue.set(id, isLater));
    const key = causeKeyOf(instance, id);
    this.queuedIn.set(key, instance);
    if (this.answers.has(key)) this.answers.goneOn(instance);
  }

  /** @returns whether refusals were recorded when the event was; an event that is not in the log is a recorded refusal */
  private dequeue(instance: string, { id }: DeliveredEvent): boolean {
    const queue = this.queued.get(instance);
    const knowsRefusals = queue?.get(id) ?? true;
    queue?.delete(id);
    this.queuedIn.delete(causeKeyOf(instance, id));
    if (queue?.size === 0) this.queued.delete(instance);
    if (this.parkedEvents.get(instance) === id) this.parked.add(instance);
    return knowsRefusals;
  }
}

interface UnansweredCommand {
  readonly instance: string;
  /** Whether its refusal would be in the log. */
  readonly knowsRefusals: boolean;
}

/** @param instance by {@link instanceKey} */
const causeKeyOf = (instance: string, causationId: string) =>
  causeKey({ actor: `process:${instance.slice(0, instance.indexOf('/'))}`, causationId });

const placeOf = ({ stream, revision }: { readonly stream?: string; readonly revision?: number }) =>
  `${revision}/${stream}`;
