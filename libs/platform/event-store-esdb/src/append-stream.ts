import { randomUUID } from 'node:crypto';
import { type BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import { type ClientDuplexStream } from '@grpc/grpc-js';
import { type Appended, type NewEvent, asPosition } from '#event-store';
import { encodeAppend } from './append-request.js';
import { type Connection } from './connection.js';

type Call = ClientDuplexStream<Buffer, BatchAppendResp>;
type Settle = (answer: Appended | Error) => void;

/** Something that repeating would not mend: the caller did it wrong, or may not do it. */
export class AppendRefused extends Error {
  override name = 'AppendRefused';

  constructor(
    readonly reason: 'AccessDenied' | 'MaximumAppendSizeExceeded' | 'StreamDeleted',
    message: string,
  ) {
    super(`${reason}: ${message}`);
  }
}

/**
 * One stream of appends over a connection. The official client keeps the promises of all its instances in one map: an
 * answer that comes late, or an error of another connection, ends the process. Here each stream has its own, and what it
 * is not waiting for it ignores.
 */
export class AppendStream {
  /** When the server last answered anything: milliseconds of the monotonic clock. */
  private heardAt = performance.now();
  private readonly waiting = new Map<string, Settle>();
  private over: string | undefined;
  /** The error that has ended it, if it was one. */
  failure: Error | undefined;
  private readonly call: Call;

  constructor(readonly connection: Connection) {
    this.call = connection.appends();
    this.call.on('data', (answer) => this.settle(answer as BatchAppendResp));
    this.call.on('error', (error) => {
      this.failure ??= error;
      this.end(error.message);
    });
    this.call.on('end', () => this.end('the server ended the stream'));
  }

  get broken() {
    return this.over !== undefined;
  }

  /** @throws AppendRefused */
  async append(name: string, expected: number, events: readonly NewEvent[], timeoutMs: number): Promise<Appended> {
    const id = randomUUID();
    const sentAt = performance.now();
    const answer = await new Promise<Appended | Error>((resolve) => {
      if (this.over !== undefined) {
        resolve(unknown(this.over));
        return;
      }
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        resolve(unknown(`no answer within ${timeoutMs} ms`));
        // A slow server has answered others meanwhile; one that has not is gone.
        if (this.heardAt < sentAt) this.close();
      }, timeoutMs);
      this.waiting.set(id, (settled) => {
        clearTimeout(timer);
        resolve(settled);
      });
      const deadline = Date.now() + timeoutMs;
      this.call.write(encodeAppend({ correlationId: id, stream: name, expected, events, deadline }));
    });
    if (answer instanceof Error) throw answer;
    return answer;
  }

  close(): void {
    this.end('the connection was given up');
    this.call.cancel();
  }

  private settle(answer: BatchAppendResp) {
    this.heardAt = performance.now();
    const id = idOf(answer.getCorrelationId());
    const settle = this.waiting.get(id);
    this.waiting.delete(id);
    settle?.(resultOf(answer));
  }

  private end(reason: string) {
    this.over ??= reason;
    for (const settle of this.waiting.values()) settle(unknown(this.over));
    this.waiting.clear();
  }
}

const unknown = (reason: string): Appended => ({ outcome: 'unknown', reason });

const idOf = (uuid: ReturnType<BatchAppendResp['getCorrelationId']>): string => {
  if (!uuid) return '';
  const structured = uuid.getStructured();
  if (!structured) return uuid.getString();
  const half = (bits: string) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0');
  const hex = half(structured.getMostSignificantBits()) + half(structured.getLeastSignificantBits());
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
};

const resultOf = (answer: BatchAppendResp): Appended | Error => {
  const error = answer.getError();
  if (error) return failureOf(error.getDetails()?.getTypeName() ?? '', error.getMessage());
  const success = answer.getSuccess();
  const revision = Number(success?.getCurrentRevision());
  // A server may leave the position out when it has stored the same events before.
  return {
    outcome: 'stored',
    revision,
    position: asPosition(Number(success?.getPosition()?.getCommitPosition() ?? 0)),
  };
};

const failureOf = (type: string, message: string): Appended | Error => {
  const name = type.replace('event_store.client.', '');
  switch (name) {
    case 'WrongExpectedVersion':
      return { outcome: 'conflict' };
    case 'StreamDeleted':
      return { outcome: 'tombstoned' };
    case 'AccessDenied':
    case 'MaximumAppendSizeExceeded':
      return new AppendRefused(name, message);
    default:
      return unknown(message);
  }
};
