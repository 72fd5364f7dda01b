import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import codes, { type Code as StatusCode } from '@eventstore/db-client/generated/code_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import status from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { ANY, NO_STREAM, STREAM_EXISTS, type WriteOptions } from './requests.js';
import { grpcFrame, WireError } from '#wire';

/** The gRPC status codes. */
export const { Code } = codes;

/** Ends a call. Clients recognize the error by the trailers `exception` and its details. */
export class GrpcError extends Error {
  readonly trailers: Record<string, string>;

  constructor(code: StatusCode, message: string, details: Record<string, string> = {}) {
    super(message);
    this.trailers = { 'grpc-status': String(code), 'grpc-message': percentEncoded(message), ...details };
  }
}

/** gRPC escapes the percent sign and characters that are not printable ASCII. */
const percentEncoded = (message: string): string =>
  message
    .toWellFormed()
    .replaceAll(/[^\x20-\x24\x26-\x7e]/gu, (character) =>
      Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
    );

/** EventStoreDB's answer after an unexpected exception, whose reason is only in its log. */
export const handlerFailed = (): GrpcError => new GrpcError(Code.UNKNOWN, 'Exception was thrown by handler.');

/** The error with which a failed call ends. */
export function asGrpcError(error: unknown): GrpcError {
  if (error instanceof GrpcError) return error;
  if (!(error instanceof WireError)) {
    console.error(`kontor event-store: a call failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  return handlerFailed();
}

export const unexpectedResult = (result: string): GrpcError =>
  new GrpcError(Code.UNKNOWN, `Unexpected ${result}: Error`);

/** `type` is a name from EventStoreDB's protocol. */
export const invalidArgument = (value: string, type: string): GrpcError =>
  new GrpcError(Code.INVALID_ARGUMENT, `'${value}' is not a valid EventStore.Client.Streams.${type}`);

export const invalidCombination = (options: string[]): GrpcError =>
  new GrpcError(Code.INVALID_ARGUMENT, `The combination of (${options.join(', ')}) is invalid.`);

export const deadlineExceeded = (): GrpcError => new GrpcError(Code.DEADLINE_EXCEEDED, 'Deadline Exceeded');

export const consumerTooSlow = (): GrpcError =>
  new GrpcError(
    Code.ABORTED,
    'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.',
  );

export const notReady = (): GrpcError => new GrpcError(Code.UNAVAILABLE, 'Server Is Not Ready');

export const streamDeleted = (stream: string): GrpcError =>
  new GrpcError(Code.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export function wrongExpectedVersion({ stream, expected, revision }: WriteOptions, current: number): GrpcError {
  const version = expected !== undefined && expected < 0 ? String(expected) : revision;
  const text = `Delete failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${version}`;
  return new GrpcError(Code.FAILED_PRECONDITION, `${text}, Actual version: ${current}`, {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': version,
    'actual-version': String(current),
  });
}

export const appendTooLarge = (maximum: number): GrpcError =>
  new GrpcError(Code.INVALID_ARGUMENT, `Maximum Append Size of ${maximum} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(maximum),
  });

export const missingMetadata = (property: 'type' | 'content-type'): GrpcError =>
  new GrpcError(Code.INVALID_ARGUMENT, `Required Metadata Property '${property}' is missing`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

/** An error of one append in a batch. Clients decode it by the name of its type. */
export interface BatchError {
  code: StatusCode;
  type: string;
  detail: { serializeBinary(): Uint8Array };
  /** Default: the name of the type. */
  message?: string;
}

export const batchTimeout = (): BatchError => ({
  code: Code.DEADLINE_EXCEEDED,
  type: 'Timeout',
  detail: new shared.Timeout(),
});

export const badRequest = (reason: string): BatchError => ({
  code: Code.INVALID_ARGUMENT,
  type: 'BadRequest',
  detail: new shared.BadRequest().setMessage(reason),
});

export const batchFailed = (reason: string): BatchError => ({
  code: Code.RESOURCE_EXHAUSTED,
  type: 'Unknown',
  detail: new shared.Unknown(),
  message: reason,
});

export const batchTooLarge = (maximum: number): BatchError => ({
  code: Code.INVALID_ARGUMENT,
  type: 'MaximumAppendSizeExceeded',
  detail: new shared.MaximumAppendSizeExceeded().setMaxappendsize(maximum),
});

export const batchDeleted = (streamName: Uint8Array): BatchError => ({
  code: Code.NOT_FOUND,
  type: 'StreamDeleted',
  detail: new shared.StreamDeleted().setStreamIdentifier(new shared.StreamIdentifier().setStreamName(streamName)),
});

type Expectation = Pick<WriteOptions, 'expected' | 'revision'>;

export function batchWrongVersion({ expected, revision }: Expectation, current: number): BatchError {
  const detail = new shared.WrongExpectedVersion();
  if (current < 0) detail.setCurrentNoStream(new empty.Empty());
  else detail.setCurrentStreamRevision(String(current));
  if (expected === ANY) detail.setExpectedAny(new empty.Empty());
  else if (expected === STREAM_EXISTS) detail.setExpectedStreamExists(new empty.Empty());
  else if (expected === NO_STREAM) detail.setExpectedNoStream(new empty.Empty());
  else detail.setExpectedStreamPosition(revision);
  return { code: Code.ALREADY_EXISTS, type: 'WrongExpectedVersion', detail };
}

/** The frame that answers a failed append; the official Node client throws if details or stream identifier are missing. */
export function encodeBatchError(correlationId: Uint8Array | undefined, streamName: Uint8Array, error: BatchError) {
  const details = new any.Any();
  details.pack(error.detail.serializeBinary(), `event_store.client.${error.type}`);
  const answer = new streams.BatchAppendResp()
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(streamName))
    .setError(
      new status.Status()
        .setCode(error.code)
        .setMessage(error.message ?? error.type)
        .setDetails(details),
    );
  if (correlationId) answer.setCorrelationId(shared.UUID.deserializeBinary(correlationId));
  return grpcFrame(answer.serializeBinary());
}
