import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { appendTooLarge, GrpcError, handlerFailed, invalidArgument, missingMetadata, Code } from './errors.js';
import { deadlineExceeded, streamDeleted, wrongExpectedVersion } from './errors.js';
import { type Call, type Method, unary } from './grpc-call.js';
import { problemOf, ProposedEvent } from './proposed-event.js';
import { ANY, NO_STREAM, readAppendRequest, readDeleteRequest, STREAM_EXISTS, type WriteOptions } from './requests.js';
import { grpcFrame } from '#wire';
import { type Writer, type WriteResult } from './writer.js';
import { appendEvents, deleteStream, tombstoneStream } from './write-operations.js';

/** Handles Append: one call per append, with options first and then the events. */
export const append =
  (writer: Writer, maxAppendSize: number): Method =>
  (call) => {
    let options: WriteOptions | undefined;
    let size = 0;
    const events: ProposedEvent[] = [];
    call.onMessage = (message) => {
      const request = readAppendRequest(message);
      if (!options) {
        options = optionsFrom(request);
        return;
      }
      if (!(request instanceof ProposedEvent)) throw handlerFailed();
      size += request.size;
      if (size > maxAppendSize) throw appendTooLarge(maxAppendSize);
      check(request);
      events.push(request);
    };
    call.onHalfClose = () => {
      if (!options || options.stream === '$$') throw handlerFailed();
      const target = options;
      writer.submit({
        deadline: call.deadline,
        execute: appendEvents(target, events),
        answer: (result) => answerAppend(call, target, result),
      });
    };
  };

function optionsFrom(request: ReturnType<typeof readAppendRequest>): WriteOptions {
  if (!request || request instanceof ProposedEvent) throw handlerFailed();
  return checked(request, 'AppendReq');
}

function checked(options: WriteOptions, request: 'AppendReq' | 'DeleteReq' | 'TombstoneReq'): WriteOptions {
  if (options.expected === undefined) {
    throw invalidArgument('None', `${request}+Types+Options+ExpectedStreamRevisionOneofCase`);
  }
  if (options.stream === '' || Number.isNaN(options.expected)) throw handlerFailed();
  return options;
}

function check(event: ProposedEvent): void {
  if (!event.type) throw missingMetadata('type');
  if (!event.contentType) throw missingMetadata('content-type');
  if (problemOf(event) !== undefined) throw handlerFailed();
}

/** A conflict is not an error in this protocol; it has its own message. */
function answerAppend(call: Call, options: WriteOptions, result: WriteResult): void {
  const answer = new streams.AppendResp();
  if (result.kind === 'stored') answer.setSuccess(success(result.revision, result.position));
  else if (result.kind === 'wrong') answer.setWrongExpectedVersion(conflict(options, result.current));
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

function conflict({ expected, revision }: WriteOptions, current: number) {
  const message = new streams.AppendResp.WrongExpectedVersion();
  if (current < 0) message.setCurrentNoStream(new shared.Empty());
  else message.setCurrentRevision(String(current));
  if (expected === ANY) message.setExpectedAny(new shared.Empty());
  else if (expected === STREAM_EXISTS) message.setExpectedStreamExists(new shared.Empty());
  else if (expected === NO_STREAM && revision === '') message.setExpectedNoStream(new shared.Empty());
  else message.setExpectedRevision(revision);
  return message;
}

function writeError(options: WriteOptions, result: Exclude<WriteResult, { kind: 'stored' }>): GrpcError {
  switch (result.kind) {
    case 'wrong':
      return wrongExpectedVersion(options, result.current);
    case 'deleted':
      return streamDeleted(options.stream);
    case 'timeout':
      return deadlineExceeded();
    case 'failed':
      return new GrpcError(Code.RESOURCE_EXHAUSTED, result.reason);
  }
}

export const remove = (writer: Writer): Method =>
  removal(writer, deleteStream, { request: 'DeleteReq', answer: new streams.DeleteResp() });

export const tombstone = (writer: Writer): Method =>
  removal(writer, tombstoneStream, { request: 'TombstoneReq', answer: new streams.TombstoneResp() });

type Removal = typeof deleteStream;
interface RemovalMessages {
  request: 'DeleteReq' | 'TombstoneReq';
  answer: InstanceType<typeof streams.DeleteResp> | InstanceType<typeof streams.TombstoneResp>;
}

function removal(writer: Writer, execute: Removal, { request, answer }: RemovalMessages): Method {
  return unary((message, call) => {
    const options = checked(readDeleteRequest(message), request);
    writer.submit({
      deadline: call.deadline,
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
