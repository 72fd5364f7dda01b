import {
  batchDeleted,
  batchTimeout,
  batchTooLarge,
  batchUnknown,
  batchWrong,
  encodeBatchError,
  GrpcError,
  Code,
} from './errors.js';
import { encodeStored } from './frames.js';
import { type Call, type Method } from './grpc.js';
import { type Proposed } from './proposed.js';
import { type BatchChunk, readBatchChunk, type WriteOptions } from './requests.js';
import { type Writer, type WriteResult } from './writer.js';
import { appendEvents } from './writes.js';

type BatchError = Parameters<typeof encodeBatchError>[2];

/** An append whose events come in several messages. */
interface Partial {
  readonly correlationId: Buffer;
  readonly options: WriteOptions;
  readonly events: Proposed[];
  size: number;
  /** Answered already; what still arrives is dropped. */
  answered: boolean;
  timer?: NodeJS.Timeout;
}

/** Any number of appends over one call. Each correlation id is answered exactly once. */
export const batchAppend =
  (writer: Writer, maxAppendSize: number): Method =>
  (call) => {
    const batch = new BatchAppendCall(call, writer, maxAppendSize);
    call.onMessage = (message) => batch.take(readBatchChunk(message));
    call.onHalfClose = () => batch.halfClose();
    call.whenClosed(() => batch.close());
  };

class BatchAppendCall {
  readonly #partials = new Map<string, Partial>();
  #pending = 0;
  #halfClosed = false;

  constructor(
    private readonly call: Call,
    private readonly writer: Writer,
    private readonly maxAppendSize: number,
  ) {}

  take(chunk: BatchChunk): void {
    const { correlationId, options, events, isFinal } = chunk;
    if (options && isFinal) {
      this.#complete({ correlationId, options, events, size: sizeOf(events), answered: false });
      return;
    }
    const key = correlationId.toString('latin1');
    const partial = this.#partials.get(key) ?? this.#open(key, chunk);
    this.#extend(partial, events);
    if (!isFinal) return;
    this.#partials.delete(key);
    clearTimeout(partial.timer);
    if (!partial.answered) this.#complete(partial);
  }

  halfClose(): void {
    this.#halfClosed = true;
    this.#finishIfDone();
  }

  close(): void {
    for (const { timer } of this.#partials.values()) clearTimeout(timer);
    this.#partials.clear();
  }

  #open(key: string, { correlationId, options }: BatchChunk): Partial {
    if (!options) throw new GrpcError(Code.INVALID_ARGUMENT, 'The first message of an append carries its options.');
    const partial: Partial = { correlationId, options, events: [], size: 0, answered: false };
    const wait = Math.min(Math.max(options.deadline - Date.now(), 0), 2 ** 31 - 1);
    partial.timer = setTimeout(() => this.#reject(partial, batchTimeout()), wait);
    this.#partials.set(key, partial);
    return partial;
  }

  #extend(partial: Partial, events: Proposed[]): void {
    partial.size += sizeOf(events);
    if (partial.answered) return;
    if (partial.size > this.maxAppendSize) this.#reject(partial, batchTooLarge(this.maxAppendSize));
    else partial.events.push(...events);
  }

  #reject(partial: Partial, error: BatchError): void {
    if (partial.answered) return;
    partial.answered = true;
    partial.events.length = 0;
    this.call.sendSoon(encodeBatchError(partial.correlationId, partial.options.streamName, error));
  }

  #complete(partial: Partial): void {
    const { options, events, size } = partial;
    if (size > this.maxAppendSize) this.#reject(partial, batchTooLarge(this.maxAppendSize));
    else if (!events.every((event) => event.complete)) this.#reject(partial, batchUnknown());
    else {
      this.#pending++;
      this.writer.submit({
        deadline: options.deadline,
        execute: appendEvents(options, events),
        answer: (result) => this.#answer(partial, result),
      });
    }
  }

  #answer({ correlationId, options }: Partial, result: WriteResult): void {
    const { streamName } = options;
    this.call.sendSoon(
      result.kind === 'stored'
        ? encodeStored({ correlationId, streamName, revision: result.revision, position: result.position })
        : encodeBatchError(correlationId, streamName, asBatchError(options, result)),
    );
    this.#pending--;
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (this.#halfClosed && this.#pending === 0) this.call.finish();
  }
}

const sizeOf = (events: Proposed[]): number => events.reduce((sum, event) => sum + event.size, 0);

function asBatchError(options: WriteOptions, result: Exclude<WriteResult, { kind: 'stored' }>): BatchError {
  switch (result.kind) {
    case 'wrong':
      return batchWrong(options.expected, result.current);
    case 'deleted':
      return batchDeleted(options.streamName);
    case 'timeout':
      return batchTimeout();
    case 'failed':
      return batchUnknown();
  }
}
