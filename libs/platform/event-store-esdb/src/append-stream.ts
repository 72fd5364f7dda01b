import { randomUUID } from 'node:crypto';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { type Status } from '@eventstore/db-client/generated/status_pb.js';
import { type BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import { type ClientDuplexStream } from '@grpc/grpc-js';
import { type Appended, type NewEvent, asPosition } from '#event-store';
import { AnswerTimer } from './answer-timer.js';
import { encodeAppend } from './append-request.js';
import { type Connection } from './connection.js';

type Call = ClientDuplexStream<Buffer, BatchAppendResp>;
type Resolve = (answer: Appended | Error) => void;

/** The server refuses the append, and would refuse it again: the user may not do it, or the stream was deleted. */
export class AppendRefused extends Error {
  override name = 'AppendRefused';

  constructor(
    readonly reason: 'AccessDenied' | 'StreamDeleted',
    message: string,
  ) {
    super(`${reason}: ${message}`);
  }
}

/**
 * One gRPC call that carries many appends. The official client keeps the unanswered appends of all its instances in one map, so
 * that a late answer, or an error of another connection, ends the process. Here each call has its own map and ignores answers
 * that nobody waits for.
 */
export class AppendStream {
  /** When the server last answered any append: milliseconds of the monotonic clock. */
  private lastAnswerAt = performance.now();
  private readonly unanswered = new Map<string, Resolve>();
  private endReason: string | undefined;
  /** The error that has ended it, if it was one. */
  failure: Error | undefined;
  private readonly call: Call;

  constructor(readonly connection: Connection) {
    this.call = connection.appends();
    this.call.on('data', (answer) => this.resolveAnswer(answer as BatchAppendResp));
    this.call.on('error', (error) => {
      this.failure ??= error;
      this.end(error.message);
    });
    this.call.on('end', () => this.end('the server ended the stream'));
  }

  get hasEnded() {
    return this.endReason !== undefined;
  }

  /** @throws AppendRefused */
  async append(name: string, expected: number, events: readonly NewEvent[], timeoutMs: number): Promise<Appended> {
    const id = randomUUID();
    const sentAt = performance.now();
    const answer = await new Promise<Appended | Error>((resolve) => {
      if (this.endReason !== undefined) {
        resolve(unknown(this.endReason));
        return;
      }
      const timer = new AnswerTimer(timeoutMs, () => {
        this.unanswered.delete(id);
        resolve(unknown(`no answer within ${timeoutMs} ms`));
        // A slow server has answered other appends meanwhile; one that has not is lost.
        if (this.lastAnswerAt < sentAt) this.close();
      });
      this.unanswered.set(id, (settled) => {
        timer.clear();
        resolve(settled);
      });
      const deadline = Date.now() + timeoutMs;
      this.call.write(encodeAppend({ correlationId: id, stream: name, expected, events, deadline }));
    });
    if (answer instanceof Error) throw answer;
    return answer;
  }

  close(): void {
    this.end('the connection was closed');
    this.call.cancel();
  }

  private resolveAnswer(answer: BatchAppendResp) {
    this.lastAnswerAt = performance.now();
    const id = uuidText(answer.getCorrelationId());
    const settle = this.unanswered.get(id);
    this.unanswered.delete(id);
    settle?.(outcomeOf(answer));
  }

  private end(reason: string) {
    this.endReason ??= reason;
    for (const settle of this.unanswered.values()) settle(unknown(this.endReason));
    this.unanswered.clear();
  }
}

const unknown = (reason: string): Appended => ({ outcome: 'unknown', reason });

const uuidText = (uuid: ReturnType<BatchAppendResp['getCorrelationId']>): string => {
  if (!uuid) return '';
  const structured = uuid.getStructured();
  if (!structured) return uuid.getString();
  const half = (bits: string) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0');
  const hex = half(structured.getMostSignificantBits()) + half(structured.getLeastSignificantBits());
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};

const outcomeOf = (answer: BatchAppendResp): Appended | Error => {
  const error = answer.getError();
  if (error) return outcomeOfError(error);
  const success = answer.getSuccess();
  const revision = Number(success?.getCurrentRevision());
  // A server may leave out the position of events that it had stored before.
  return {
    outcome: 'stored',
    revision,
    position: asPosition(Number(success?.getPosition()?.getCommitPosition() ?? 0)),
  };
};

const outcomeOfError = (error: Status): Appended | Error => {
  const details = error.getDetails();
  const name = details?.getTypeName().replace('event_store.client.', '') ?? '';
  switch (name) {
    case 'WrongExpectedVersion':
      return { outcome: 'conflict' };
    case 'StreamDeleted':
      return { outcome: 'tombstoned' };
    case 'MaximumAppendSizeExceeded': {
      const limit = shared.MaximumAppendSizeExceeded.deserializeBinary(details?.getValue_asU8() ?? new Uint8Array());
      return { outcome: 'too-large', maxBytes: limit.getMaxappendsize() };
    }
    case 'AccessDenied':
      return new AppendRefused(name, error.getMessage());
    default:
      return unknown(error.getMessage());
  }
};
