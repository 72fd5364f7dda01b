import {
  type DeciderRunner,
  type EventStore,
  type Position,
  readStream,
  recognizeEvent,
  type Recorded,
  StreamNotReadable,
  type StreamReader,
} from '#event-store';
import { type Cause, type Message, uuidv5 } from '#kernel';
import { type DeliveredEvent } from './process.js';
import { EVERY_PROCESS, type WaitingInstance } from './process-store.js';
import { processRefusals, type RefusalEvent } from './refusal-stream.js';

/** Codes by the id of the refused command. */
export type RefusalCodes = ReadonlyMap<string, string>;

interface SentCommand {
  readonly process: string;
  readonly instance: string;
  readonly commandId: string;
}

export interface Refusal extends SentCommand {
  readonly command: Message;
  readonly code: string;
  /** The event that led to the command. */
  readonly cause: DeliveredEvent;
}

/**
 * An event is delivered twice: when the process has caused it, and by the subscription, which usually follows within moments. Older
 * refusals are read from the log.
 */
const MAX_REMEMBERED = 10_000;

/** The recorded refusals, so that a command is answered once: a process that gets an event again gets the same refusal. */
export class Refusals {
  private readonly recent = new Map<string, string>();
  private hasForgotten = false;

  /** @param earlier those of events that may be delivered again after a restart */
  constructor(
    private readonly deciders: Pick<DeciderRunner, 'run'>,
    private readonly earlier: RefusalCodes,
    private readonly store: StreamReader,
  ) {}

  /**
   * @param mayBeRepeat the process may have sent the command before, so its refusal may be one that is no longer remembered
   * @returns the code with which the command was refused
   * @throws OutcomeUnknown, StreamNotReadable
   */
  async codeOf(sent: SentCommand, mayBeRepeat: boolean): Promise<string | undefined> {
    const remembered = this.rememberedCode(sent.commandId);
    if (remembered !== undefined || !mayBeRepeat || !this.hasForgotten) return remembered;
    const codes = new Map<string, string>();
    await addRefusalsOf(codes, this.store, sent);
    return codes.get(sent.commandId);
  }

  private rememberedCode(commandId: string): string | undefined {
    return this.recent.get(commandId) ?? this.earlier.get(commandId);
  }

  /**
   * Records a refusal, once.
   * @returns the recorded code: another worker may have recorded its own first
   * @throws OutcomeUnknown, StreamNotReadable
   */
  async record({ process, instance, commandId, command, code, cause }: Refusal): Promise<string> {
    const known = this.rememberedCode(commandId);
    if (known !== undefined) return known;
    const { correlationId, channel, occurredAt, id: causationId } = cause;
    const actor = `process:${process}`;
    const recordCause: Cause = {
      correlationId,
      channel,
      occurredAt,
      causationId,
      actor,
      commandId: uuidv5(commandId, 'refusal'),
    };
    const data = { process, instance, commandId, command: command.type, code };
    const record = { type: 'RecordProcessCommandRefusal', data } as const;
    const { events } = await this.deciders.run(processRefusals, streamIdOf(process, instance), record, recordCause);
    const recorded = events[0]?.data.code ?? code;
    this.remember(commandId, recorded);
    return recorded;
  }

  private remember(commandId: string, code: string) {
    this.recent.set(commandId, code);
    const [oldest] = this.recent.keys();
    if (this.recent.size <= MAX_REMEMBERED || oldest === undefined) return;
    this.recent.delete(oldest);
    this.hasForgotten = true;
  }
}

const streamIdOf = (process: string, instance: string) => `${process}~${instance}`;

/**
 * The refusals recorded after a position, and those of instances that wait.
 * @throws Error when the store does not answer
 */
export const readRefusals = async (
  store: EventStore,
  after: Position,
  waiting: readonly WaitingInstance[],
): Promise<RefusalCodes> => {
  const codes = new Map<string, string>();
  for await (const recorded of eventsAfter(store, after, processRefusals.category)) add(codes, recorded);
  for (const one of waiting) if (one.process !== EVERY_PROCESS) await addRefusalsOf(codes, store, one);
  return codes;
};

const addRefusalsOf = async (
  codes: Map<string, string>,
  store: StreamReader,
  { process, instance }: Pick<SentCommand, 'process' | 'instance'>,
) => {
  const { category, events } = processRefusals;
  const stream = `${category}-${streamIdOf(process, instance)}`;
  for await (const recorded of readStream(store, stream, events)) add(codes, recorded);
};

/** Up to the end of the log. A subscription reports its progress, however long the log is that has none of these events. */
async function* eventsAfter(store: EventStore, after: Position, category: string): AsyncIterable<Recorded> {
  const end = new AbortController();
  try {
    for await (const batch of store.subscribe(after, { categories: [category], signal: end.signal })) {
      yield* batch.events;
      if (batch.caughtUp) return;
    }
  } finally {
    end.abort();
  }
}

const add = (codes: Map<string, string>, recorded: Recorded) => {
  try {
    const { data } = recognizeEvent(recorded, processRefusals.events).event as RefusalEvent;
    codes.set(data.commandId, data.code);
  } catch (error) {
    if (!(error instanceof StreamNotReadable)) throw error; // of another application: no answer to a command
  }
};
