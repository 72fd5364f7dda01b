import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { appendTooLarge, GrpcError, missingMetadata, Code, streamDeleted, wrongExpectedVersion } from './errors.js';
import { type Call, type Method, unary } from './grpc.js';
import { Proposed } from './proposed.js';
import { ANY, NO_STREAM, readAppendRequest, readDeleteRequest, STREAM_EXISTS, type WriteOptions } from './requests.js';
import { grpcFrame } from '#wire';
import { type Writer, type WriteResult } from './writer.js';
import { appendEvents, deleteStream, tombstoneStream } from './writes.js';

/** The classic Append: one call per append, options first, then the events. */
export const append =
  (writer: Writer, maxAppendSize: number): Method =>
  (call) => {
    let options: WriteOptions | undefined;
    let size = 0;
    const events: Proposed[] = [];
    const take = (event: Proposed): void => {
      size += event.size;
      if (size > maxAppendSize) throw appendTooLarge(maxAppendSize);
      if (!event.complete) throw missingMetadata();
      events.push(event);
    };
    call.onMessage = (message) => {
      const request = readAppendRequest(message);
      if (request instanceof Proposed) take(request);
      else options = request;
    };
    call.onHalfClose = () => {
      const target = required(options);
      writer.submit({
        deadline: deadlineOf(call),
        execute: appendEvents(target, events),
        answer: (result) => answerAppend(call, target, result),
      });
    };
  };

function required(options: WriteOptions | undefined): WriteOptions {
  if (!options) throw new GrpcError(Code.INVALID_ARGUMENT, 'The options are missing.');
  return options;
}

const UNITS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

function deadlineOf(call: Call): number {
  const match = /^(\d+)([HMSmun])$/.exec(String(call.headers['grpc-timeout'] ?? ''));
  return match ? Date.now() + Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0) : Infinity;
}

/** A conflict is no error here: it has a message of its own. */
function answerAppend(call: Call, options: WriteOptions, result: WriteResult): void {
  const answer = new streams.AppendResp();
  if (result.kind === 'stored') answer.setSuccess(success(result.revision, result.position));
  else if (result.kind === 'wrong') answer.setWrongExpectedVersion(conflict(options.expected, result.current));
  else {
    call.finish(writeError(options, result));
    return;
  }
  reply(call, answer.serializeBinary());
}

function reply(call: Call, message: Uint8Array): void {
  call.send(grpcFrame(message));
  call.finish();
}

function success(revision: number, position: number | undefined) {
  const message = new streams.AppendResp.Success();
  if (revision < 0) message.setNoStream(new shared.Empty());
  else message.setCurrentRevision(String(revision));
  if (position === undefined) message.setNoPosition(new shared.Empty());
  else {
    const at = new streams.AppendResp.Position();
    message.setPosition(at.setCommitPosition(String(position)).setPreparePosition(String(position)));
  }
  return message;
}

function conflict(expected: number, current: number) {
  const message = new streams.AppendResp.WrongExpectedVersion();
  if (current < 0) message.setCurrentNoStream(new shared.Empty());
  else message.setCurrentRevision(String(current));
  if (expected === ANY) message.setExpectedAny(new shared.Empty());
  else if (expected === STREAM_EXISTS) message.setExpectedStreamExists(new shared.Empty());
  else if (expected === NO_STREAM) message.setExpectedNoStream(new shared.Empty());
  else message.setExpectedRevision(String(expected));
  return message;
}

function writeError(options: WriteOptions, result: Exclude<WriteResult, { kind: 'stored' }>): GrpcError {
  switch (result.kind) {
    case 'wrong':
      return wrongExpectedVersion(options, result.current);
    case 'deleted':
      return streamDeleted(options.stream);
    case 'timeout':
      return new GrpcError(Code.ABORTED, 'The write came too late.');
    case 'failed':
      return new GrpcError(Code.UNKNOWN, result.reason);
  }
}

export const remove = (writer: Writer): Method => removal(writer, deleteStream, new streams.DeleteResp());

export const tombstone = (writer: Writer): Method => removal(writer, tombstoneStream, new streams.TombstoneResp());

type Removal = typeof deleteStream;
type RemovalAnswer = InstanceType<typeof streams.DeleteResp> | InstanceType<typeof streams.TombstoneResp>;

function removal(writer: Writer, execute: Removal, answer: RemovalAnswer): Method {
  return unary((message, call) => {
    const options = readDeleteRequest(message);
    writer.submit({
      deadline: deadlineOf(call),
      execute: execute(options),
      answer: (result) => {
        if (result.kind !== 'stored') {
          call.finish(writeError(options, result));
          return;
        }
        const at = new streams.DeleteResp.Position();
        const position = String(result.position ?? 0);
        answer.setPosition(at.setCommitPosition(position).setPreparePosition(position));
        reply(call, answer.serializeBinary());
      },
    });
  });
}
