import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { DomainError, type KeyedQueue, parseJson } from '#kernel';
import { ApiKeys, type Principal, RateLimiter } from '#access';
import {
  type CommandEnvelope,
  type CommandRecord,
  type CommandRecordHandler,
  type HandledRecord,
  isSignedWith,
  type PartitionRecordHandler,
  readEnvelope,
} from '#kafka-commands';
import { actingFor } from '../commands/batch.js';
import { Gateway, type Request } from '../commands/gateway.js';
import { checkedKey, correlationId, invalid, occurredAt, traceparent } from '../http/headers.js';
import { answerOrLog, Problem } from '../http/problem.js';
import { PartitionReassigned, RetryingQueue, retryUntilAnswered } from './retry-until-answered.js';

/** The same limit as over HTTP. */
const MAX_BODY_BYTES = 1024 * 1024;
/** Problems of records that are not valid commands, and of defects in Kontor that a new version may repair. */
const PARKED_CODES = new Set(['malformed-request', 'too-large', 'unknown-command', 'internal-error']);

interface Sender {
  readonly envelope: CommandEnvelope;
  readonly principal: Principal;
}

/** Passes commands from Kafka to the gateway that also takes those of HTTP. */
@Injectable()
export class KafkaCommandHandler implements CommandRecordHandler {
  private readonly logger = new Logger('kafka-commands');

  constructor(
    private readonly gateway: Gateway,
    private readonly keys: ApiKeys,
    private readonly limiter: RateLimiter,
  ) {}

  forPartition(signal: AbortSignal): PartitionRecordHandler {
    const queue = new RetryingQueue(signal);
    return { admit: (record) => this.admit(record, queue, signal) };
  }

  private async admit(
    record: CommandRecord,
    queue: KeyedQueue,
    signal: AbortSignal,
  ): Promise<() => Promise<HandledRecord>> {
    const envelope = readEnvelope(record.headers);
    if (!envelope)
      return parked('malformed-request', 'A header is given twice, is too long or has control characters.');
    const principal = await retryUntilAnswered(() => this.findSigner(envelope, record), signal);
    if (!principal) return parked('unauthenticated', 'Not signed with a valid API key: see kontor-signature.');
    await this.waitForBudget(principal, signal);
    return () => this.carryOut({ envelope, principal }, record, queue);
  }

  private findSigner(envelope: CommandEnvelope, { value }: CommandRecord): Promise<Principal | undefined> {
    const { keyId } = envelope;
    if (keyId === undefined) return Promise.resolve(undefined);
    const body = value ?? Buffer.alloc(0);
    return this.keys.authenticateSigner(keyId, (signingKey) => isSignedWith(signingKey, envelope, body));
  }

  /** A command counts against the rate limit of its key as over HTTP, but it waits instead of being refused. */
  private async waitForBudget({ keyId }: Principal, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const retryAfterSeconds = this.limiter.take(keyId, 'write', performance.now());
      if (retryAfterSeconds === 0) return;
      await sleep(retryAfterSeconds * 1_000, undefined, { signal }).catch(() => undefined);
    }
  }

  private async carryOut(sender: Sender, record: CommandRecord, queue: KeyedQueue): Promise<HandledRecord> {
    const { envelope: to, principal } = sender;
    const toSender = (answer: { status: number }) => ({ to, channel: principal.channel, answer });
    try {
      const accepted = await this.gateway.execute(requestOf(to, record), actingFor(to.source, principal), queue);
      const outcome = accepted.repeated ? 'repeated' : 'accepted';
      return { outcome, answer: toSender({ status: 200, ...accepted }) };
    } catch (error) {
      if (error instanceof PartitionReassigned) throw error;
      const { document } = answerOrLog(error, this.logger, 'kontor.commands.v1');
      const { code, detail } = document;
      const answer = toSender(document);
      return PARKED_CODES.has(code) && !(error instanceof DomainError)
        ? { outcome: 'parked', answer, parking: { code, detail } }
        : { outcome: 'refused', answer };
    }
  }
}

const parked =
  (code: string, detail: string): (() => Promise<HandledRecord>) =>
  () =>
    Promise.resolve({ outcome: 'parked', parking: { code, detail } });

/** @throws Problem */
const requestOf = (envelope: CommandEnvelope, { value }: CommandRecord): Request => {
  const { id, type, time } = envelope;
  if (type === undefined) throw new Problem('malformed-request', 'ce_type must name the command.');
  if (id === undefined) throw new Problem('malformed-request', 'ce_id must be the idempotency key.');
  if (time === undefined) throw invalid('ce_time', 'must say when it happened');
  return {
    name: type,
    key: checkedKey(id),
    body: parsedBody(value),
    occurredAt: occurredAt(time, new Date()),
    correlationId: correlationId(envelope.correlationId),
    traceparent: traceparent(envelope.traceparent),
  };
};

/** @throws Problem, UnreadableJson */
const parsedBody = (value: Buffer | null): unknown => {
  if (value && value.length > MAX_BODY_BYTES)
    throw new Problem('too-large', `A command has at most ${MAX_BODY_BYTES} bytes.`);
  return parseJson(value ?? '');
};
