import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import codes, { type Code as StatusCode } from '@eventstore/db-client/generated/code_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import status from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { ANY, NO_STREAM, STREAM_EXISTS, type WriteOptions } from './requests.js';
import { grpcFrame } from '#wire';

/** The gRPC status codes. */
export const { Code } = codes;

/** Ends a call. `exception` and its details are the trailers by which the client knows the error. */
export class GrpcError extends Error {
  readonly trailers: Record<string, string>;

  constructor(code: StatusCode, message: string, details: Record<string, string> = {}) {
    super(message);
    this.trailers = { 'grpc-status': String(code), 'grpc-message': encodeURIComponent(message), ...details };
  }
}

export const streamDeleted = (stream: string): GrpcError =>
  new GrpcError(Code.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': headerSafe(stream),
  });

export const wrongExpectedVersion = ({ stream, expected }: WriteOptions, current: number): GrpcError =>
  new GrpcError(Code.FAILED_PRECONDITION, `Wrong expected version of '${stream}': ${expected}, but is ${current}.`, {
    exception: 'wrong-expected-version',
    'stream-name': headerSafe(stream),
    'expected-version': String(expected),
    'actual-version': String(current),
  });

export const invalidPosition = (): GrpcError =>
  new GrpcError(Code.INVALID_ARGUMENT, 'Trying to read from an invalid position.');

export const appendTooLarge = (maximum: number): GrpcError =>
  new GrpcError(Code.INVALID_ARGUMENT, `The append is larger than ${maximum} bytes.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(maximum),
  });

export const missingMetadata = (): GrpcError =>
  new GrpcError(Code.INVALID_ARGUMENT, 'An event needs a type and a content type.', {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

/** HTTP/2 headers are ASCII. */
const headerSafe = (value: string): string => value.replace(/[^\x20-\x7e]/g, '?');

/** An error of one append in a batch: what the client unpacks by the name of its type. */
interface BatchError {
  code: StatusCode;
  type: string;
  detail: { serializeBinary(): Uint8Array };
}

export const batchTimeout = (): BatchError => ({
  code: Code.DEADLINE_EXCEEDED,
  type: 'Timeout',
  detail: new shared.Timeout(),
});

export const batchUnknown = (): BatchError => ({ code: Code.UNKNOWN, type: 'Unknown', detail: new shared.Unknown() });

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

export function batchWrong(expected: number, current: number): BatchError {
  const detail = new shared.WrongExpectedVersion();
  if (current < 0) detail.setCurrentNoStream(new empty.Empty());
  else detail.setCurrentStreamRevision(String(current));
  if (expected === ANY) detail.setExpectedAny(new empty.Empty());
  else if (expected === STREAM_EXISTS) detail.setExpectedStreamExists(new empty.Empty());
  else if (expected === NO_STREAM) detail.setExpectedNoStream(new empty.Empty());
  else detail.setExpectedStreamPosition(String(expected));
  return { code: Code.ALREADY_EXISTS, type: 'WrongExpectedVersion', detail };
}

/** The frame that answers a failed append; the client throws if details or stream identifier are missing. */
export function encodeBatchError(correlationId: Uint8Array, streamName: Uint8Array, error: BatchError): Buffer {
  const details = new any.Any();
  details.pack(error.detail.serializeBinary(), `event_store.client.${error.type}`);
  const answer = new streams.BatchAppendResp()
    .setCorrelationId(shared.UUID.deserializeBinary(correlationId))
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(streamName))
    .setError(new status.Status().setCode(error.code).setMessage(error.type).setDetails(details));
  return grpcFrame(answer.serializeBinary());
}
