import { categoryOf, type Position, type Recorded, START } from '#event-store';
import { type Cause, type Message, processCommandId } from '#kernel';
import { instanceKey } from './instances.js';
import { type AnyProcess, type DeliveredEvent } from './process.js';
import { type WaitingInstance } from './process-store.js';
import { processRefusals } from './refusal-stream.js';

/** Identifies the commands that a process sends for one event. */
export const causeKey = ({ actor, causationId = '' }: Pick<Cause, 'actor' | 'causationId'>) =>
  `${actor}/${causationId}`;

/**
 * Decides whether a command without an answer in the log is still open, or was carried out without recording events.
 *
 * Up to the checkpoint of the live states everything was carried out, but for parked instances only what came before the event at
 * which they are parked. If the live states are lost, a command is open unless its instance has advanced, that is unless a later event
 * of the instance has led to an answer. Before the first recorded refusal of a log, even that proves nothing: the command may have been
 * refused by a version that did not record refusals.
 */
export class UnansweredCommands {
  /** Parked instances, by the event at which they are parked. */
  private readonly parkedAt: ReadonlyMap<string, readonly string[]>;
  /** The event at which a parked instance is parked, once it is read. */
  private readonly parkedEvents = new Map<string, string>();
  private readonly parked = new Set<string>();
  /** For each instance: ids of the events that are queued for it → whether refusals were recorded already at the time of the event. */
  private readonly queued = new Map<string, Map<string, boolean>>();
  /** The instance that an event waits for, by the {@link causeKey} of the commands that the event will lead to. */
  private readonly instanceByCause = new Map<string, string>();
  /** By command id. */
  private readonly commands = new Map<string, UnansweredCommand>();
  /** Positions of the events of the batch that was read last, by event id. */
  private positions: ReadonlyMap<string, Position> = new Map();
  private firstRefusal: Position | undefined;

  constructor(
    private readonly live: { readonly position: Position; readonly parked: readonly WaitingInstance[] },
    private readonly answers: {
      /** Whether an event, by {@link causeKey}, has led to an answer that is not delivered yet. */
      readonly has: (key: string) => boolean;
      /** Called when an instance whose commands wait has advanced: a later event has led to an answer. */
      readonly onInstanceAdvanced: (instance: string) => void;
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

  get size(): number {
    return this.commands.size;
  }

  /** Call it when a command is answered, or never will be. */
  answered({ commandId }: Pick<Cause, 'commandId'>): void {
    this.commands.delete(commandId);
  }

  /** Call it when an event, by {@link causeKey}, has led to an answer. */
  answerRead(key: string): void {
    const instance = this.instanceByCause.get(key);
    if (instance !== undefined) this.answers.onInstanceAdvanced(instance);
  }

  isOpen({ commandId }: Cause): boolean {
    const { instance = '', refusalsWereRecorded = false } = this.commands.get(commandId) ?? {};
    if (this.live.position !== START) return this.parked.has(instance);
    const later = [...(this.queued.get(instance)?.keys() ?? [])];
    return !refusalsWereRecorded || !later.some((id) => this.answers.has(causeKeyOf(instance, id)));
  }

  /** Whether no later event can change the result of {@link isOpen} for a command without an answer in the log. */
  isFinal(cause: Cause): boolean {
    return this.live.position !== START || !this.isOpen(cause);
  }

  senderOf({ commandId }: Cause): string {
    return this.commands.get(commandId)?.instance ?? '';
  }

  /** @returns the same processes, which report their inputs and the commands that they send */
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
        const refusalsWereRecorded = this.dequeue(key, delivered);
        if (delivered.event.type === 'CommandRefused') this.commands.delete(delivered.id); // the id of the command
        const reaction = process.react(state, delivered, instance);
        for (const index of reaction.commands.keys()) {
          const commandId = processCommandId(process.name, delivered.id, index);
          this.commands.set(commandId, { instance: key, refusalsWereRecorded });
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
    this.instanceByCause.set(key, instance);
    if (this.answers.has(key)) this.answers.onInstanceAdvanced(instance);
  }

  /** @returns whether refusals were recorded when the event was; an event that is not in the log is a recorded refusal */
  private dequeue(instance: string, { id }: DeliveredEvent): boolean {
    const queue = this.queued.get(instance);
    const refusalsWereRecorded = queue?.get(id) ?? true;
    queue?.delete(id);
    this.instanceByCause.delete(causeKeyOf(instance, id));
    if (queue?.size === 0) this.queued.delete(instance);
    if (this.parkedEvents.get(instance) === id) this.parked.add(instance);
    return refusalsWereRecorded;
  }
}

interface UnansweredCommand {
  readonly instance: string;
  /** If it had been refused, the refusal would be in the log. */
  readonly refusalsWereRecorded: boolean;
}

/** @param instance by {@link instanceKey} */
const causeKeyOf = (instance: string, causationId: string) =>
  causeKey({ actor: `process:${instance.slice(0, instance.indexOf('/'))}`, causationId });

const placeOf = ({ stream, revision }: { readonly stream?: string; readonly revision?: number }) =>
  `${revision}/${stream}`;
