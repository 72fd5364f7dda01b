import {
  type DeciderRunner,
  type EventStore,
  type Position,
  readStream,
  recognizeEvent,
  type Recorded,
  StreamNotReadable,
} from '#event-store';
import { type Cause, type Message, uuidv5 } from '#kernel';
import { type DeliveredEvent } from './process.js';
import { EVERY_PROCESS, type WaitingInstance } from './process-store.js';
import { processRefusals, type RefusalEvent } from './refusal-stream.js';

/** Code of each refusal by the id of the refused command. */
export type RefusalCodes = ReadonlyMap<string, string>;

export interface Refusal {
  readonly process: string;
  readonly instance: string;
  readonly commandId: string;
  readonly command: Message;
  readonly code: string;
  /** The event that led to the command. */
  readonly cause: DeliveredEvent;
}

/** An event is delivered twice within moments: when the process has caused it, and by the subscription. */
const MAX_REMEMBERED = 10_000;

/** The recorded refusals, so that a command is answered once: a process that hears of an event again hears the same refusal. */
export class Refusals {
  private readonly recent = new Map<string, string>();

  /** @param earlier those of events that may be delivered again after a restart */
  constructor(
    private readonly deciders: Pick<DeciderRunner, 'run'>,
    private readonly earlier: RefusalCodes,
  ) {}

  codeOf(commandId: string): string | undefined {
    return this.recent.get(commandId) ?? this.earlier.get(commandId);
  }

  /**
   * Records a refusal, once.
   * @returns the recorded code: another worker may have recorded its own first
   * @throws OutcomeUnknown, StreamNotReadable
   */
  async record({ process, instance, commandId, command, code, cause }: Refusal): Promise<string> {
    const known = this.codeOf(commandId);
    if (known !== undefined) return known;
    const { correlationId, channel, occurredAt, id: causationId } = cause;
    const actor = `process:${process}`;
    const recordCause: Cause = {
      ...{ correlationId, channel, occurredAt, causationId, actor },
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
    if (this.recent.size > MAX_REMEMBERED && oldest !== undefined) this.recent.delete(oldest);
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
  const { category, events } = processRefusals;
  for await (const recorded of eventsAfter(store, after, category)) add(codes, recorded);
  for (const { process, instance } of waiting) {
    if (process === EVERY_PROCESS) continue;
    const stream = `${category}-${streamIdOf(process, instance)}`;
    for await (const recorded of readStream(store, stream, events)) add(codes, recorded);
  }
  return codes;
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
