import { type BatchError, badRequest, batchDeleted, batchFailed, batchTimeout, batchTooLarge } from './errors.js';
import { batchWrongVersion, encodeBatchError, handlerFailed } from './errors.js';
import { encodeStored } from './answer-frames.js';
import { type Call, type Method } from './grpc-call.js';
import { problemOf, type ProposedEvent } from './proposed-event.js';
import { type BatchChunk, readBatchChunk, type WriteOptions } from './requests.js';
import { InvalidId, readUuid } from './uuid.js';
import { type Writer, type WriteResult } from './writer.js';
import { appendEvents } from './write-operations.js';

/** EventStoreDB's timeout for the rest of an append. */
const MAX_WAIT_MS = 2_000;
const NO_EXPECTED_REVISION =
  "'None' is not a valid EventStore.Client.Streams.BatchAppendReq+Types+Options+ExpectedStreamPositionOneofCase";

/** An append whose events come in one message or in several. */
interface PartialAppend {
  readonly correlationId: Buffer;
  readonly options: WriteOptions;
  readonly events: ProposedEvent[];
  size: number;
  timer?: NodeJS.Timeout;
}

/** Handles any number of appends over one call. Each correlation id is answered exactly once. */
export const batchAppend =
  (writer: Writer, maxAppendSize: number): Method =>
  (call) => {
    const batch = new BatchAppendCall(call, writer, maxAppendSize);
    call.onMessage = (message) => batch.take(readBatchChunk(message));
    call.onHalfClose = () => (batch.isHalfClosed = true);
    call.whenClosed(() => batch.close());
  };

class BatchAppendCall {
  isHalfClosed = false;
  readonly #partials = new Map<string, PartialAppend>();
  /** Number of appends being written, minus the answers to others. EventStoreDB ends the call by this count. */
  #pending = 0;

  constructor(
    private readonly call: Call,
    private readonly writer: Writer,
    private readonly maxAppendSize: number,
  ) {}

  /** An error of one append is answered to that append only; the call goes on. */
  take(chunk: BatchChunk): void {
    const { key, problem } = correlationOf(chunk);
    if (problem) {
      this.#refuse(chunk, problem);
      return;
    }
    const partial = this.#partials.get(key) ?? this.#open(key, chunk);
    if (partial) this.#extend(key, partial, chunk);
  }

  /** Drops messages that belong to no open append. */
  #open(key: string, chunk: BatchChunk): PartialAppend | undefined {
    const { correlationId = NO_BYTES, options, isFinal } = chunk;
    if (!options) return undefined;
    const wait = options.deadline - Date.now();
    const problem = optionsProblem(options, wait);
    if (problem) {
      this.#refuse(chunk, problem);
      return undefined;
    }
    const partial: PartialAppend = { correlationId, options, events: [], size: 0 };
    if (isFinal) return partial;
    partial.timer = setTimeout(() => this.#expire(key, partial), Math.min(wait, MAX_WAIT_MS));
    this.#partials.set(key, partial);
    return partial;
  }

  #extend(key: string, partial: PartialAppend, { events, isFinal }: BatchChunk): void {
    const problem = addEvents(partial, events);
    const isTooLarge = partial.size > this.maxAppendSize;
    if (problem === undefined && !isTooLarge && !isFinal) return;
    this.#close(key, partial);
    if (problem !== undefined) this.#answer(partial, badRequest(problem));
    else if (isTooLarge) this.#answer(partial, batchTooLarge(this.maxAppendSize));
    else this.#write(partial);
  }

  #close(key: string, { timer }: PartialAppend): void {
    if (!timer) return;
    clearTimeout(timer);
    this.#partials.delete(key);
  }

  #expire(key: string, partial: PartialAppend): void {
    this.#close(key, partial);
    this.#answer(partial, batchTimeout());
  }

  #write(partial: PartialAppend): void {
    const { options, events } = partial;
    if (options.stream === '$$') {
      const problem = "Specified argument was out of the range of valid values. (Parameter 'eventStreamId')";
      this.#answer(partial, badRequest(problem));
      return;
    }
    this.#pending++;
    this.writer.submit({
      deadline: options.deadline,
      execute: appendEvents(options, events),
      answer: (result) => {
        if (result.kind === 'stored') this.#confirm(partial, result.revision, result.position);
        else this.#answer(partial, asBatchError(options, result));
      },
    });
  }

  #confirm({ correlationId, options }: PartialAppend, revision: number, position: number | undefined): void {
    this.#send(encodeStored({ correlationId, streamName: options.streamName, revision, position }));
  }

  #answer({ correlationId, options }: PartialAppend, error: BatchError): void {
    this.#send(encodeBatchError(correlationId, options.streamName, error));
  }

  /** EventStoreDB cannot answer a chunk without options: the call ends. */
  #refuse({ correlationId, options }: BatchChunk, error: BatchError): void {
    if (!options) throw handlerFailed();
    this.#send(encodeBatchError(correlationId, options.streamName, error));
  }

  /** Only the last answer after the half-close ends the call. */
  #send(frame: Buffer): void {
    this.call.sendSoon(frame);
    if (--this.#pending === 0 && this.isHalfClosed) this.call.finish();
  }

  close(): void {
    for (const { timer } of this.#partials.values()) clearTimeout(timer);
    this.#partials.clear();
  }
}

const NO_BYTES = Buffer.of();

function correlationOf({ correlationId }: BatchChunk): { key: string; problem?: BatchError } {
  if (!correlationId) return { key: '', problem: badRequest("Value cannot be null. (Parameter 'dto')") };
  try {
    return { key: readUuid(correlationId) };
  } catch (error) {
    if (error instanceof InvalidId) return { key: '', problem: badRequest(error.message) };
    throw error;
  }
}

/** @param wait milliseconds to the deadline */
function optionsProblem({ stream, expected }: WriteOptions, wait: number): BatchError | undefined {
  if (stream === '') return badRequest("Value cannot be null. (Parameter 'value')");
  if (wait <= 0) return batchTimeout();
  if (expected === undefined)
    return badRequest(`Status(StatusCode="InvalidArgument", Detail="${NO_EXPECTED_REVISION}")`);
  const isRevision = !Number.isNaN(expected);
  return isRevision
    ? undefined
    : badRequest("Specified argument was out of the range of valid values. (Parameter 'value')");
}

/** @returns why EventStoreDB would refuse one of the events */
function addEvents(partial: PartialAppend, events: readonly ProposedEvent[]): string | undefined {
  for (const event of events) {
    const problem = problemOf(event);
    if (problem !== undefined) return problem;
    partial.size += event.size;
    partial.events.push(event);
  }
  return undefined;
}

function asBatchError(options: WriteOptions, result: Exclude<WriteResult, { kind: 'stored' }>): BatchError {
  switch (result.kind) {
    case 'wrong':
      return batchWrongVersion(options, result.current);
    case 'deleted':
      return batchDeleted(options.streamName);
    case 'timeout':
      return batchTimeout();
    case 'failed':
      return batchFailed(result.reason);
  }
}
