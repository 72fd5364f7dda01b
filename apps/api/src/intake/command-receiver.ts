import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { ApiKeys, RateLimiter, type Principal } from '#access';
import {
  type CommandRecord,
  type Envelope,
  type Handled,
  isSignedWith,
  type LaneReceiver,
  readEnvelope,
  type Receiver,
} from '#kafka-commands';
import { actingFor } from '../commands/batch.js';
import { Gateway, type Request } from '../commands/gateway.js';
import { type StreamQueue } from '../commands/stream-queue.js';
import { checkedKey, correlationId, invalid, occurredAt, traceparent } from '../http/headers.js';
import { answerOrLog, Problem } from '../http/problem.js';
import { NoLongerOurs, PersistentOrder, persistently } from './persistence.js';

/** As over HTTP. */
const LARGEST_BODY = 1024 * 1024;
/** Refusals that mean that this was no command; and what a repair of ours may mend. */
const PARKED = new Set(['malformed-request', 'too-large', 'unknown-command', 'internal-error']);

interface Sender {
  readonly envelope: Envelope;
  readonly principal: Principal;
}

/** Commands that come by Kafka, for the same gateway as those that come over HTTP. */
@Injectable()
export class CommandReceiver implements Receiver {
  private readonly logger = new Logger('intake');

  constructor(
    private readonly gateway: Gateway,
    private readonly keys: ApiKeys,
    private readonly limiter: RateLimiter,
  ) {}

  lane(signal: AbortSignal): LaneReceiver {
    const inOrder = new PersistentOrder(signal);
    return { admit: (record) => this.admit(record, inOrder, signal) };
  }

  private async admit(
    record: CommandRecord,
    inOrder: StreamQueue,
    signal: AbortSignal,
  ): Promise<() => Promise<Handled>> {
    const envelope = readEnvelope(record.headers);
    if (!envelope) return parked('malformed-request', 'A header is there twice, too long or not text.');
    const principal = await persistently(() => this.signerOf(envelope, record), signal);
    if (!principal) return parked('unauthenticated', 'Not signed with a valid API key: see kontor-signature.');
    await this.paced(principal, signal);
    return () => this.carryOut({ envelope, principal }, record, inOrder);
  }

  private signerOf(envelope: Envelope, { value }: CommandRecord): Promise<Principal | undefined> {
    const { keyId } = envelope;
    if (keyId === undefined) return Promise.resolve(undefined);
    const body = value ?? Buffer.alloc(0);
    return this.keys.signer(keyId, (signingKey) => isSignedWith(signingKey, envelope, body));
  }

  /** A command costs what it costs over HTTP; instead of being refused, it waits. */
  private async paced({ keyId }: Principal, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const retryAfter = this.limiter.take(keyId, 'write', performance.now());
      if (retryAfter === 0) return;
      await pause(retryAfter * 1000, undefined, { signal }).catch(() => undefined);
    }
  }

  private async carryOut(sender: Sender, record: CommandRecord, inOrder: StreamQueue): Promise<Handled> {
    const { envelope: to, principal } = sender;
    const toSender = (answer: { status: number }) => ({ to, channel: principal.channel, answer });
    try {
      const accepted = await this.gateway.execute(requestOf(to, record), actingFor(to.source, principal), inOrder);
      const outcome = accepted.repeated ? 'repeated' : 'accepted';
      return { outcome, answer: toSender({ status: 200, ...accepted }) };
    } catch (error) {
      if (error instanceof NoLongerOurs) throw error;
      const { document } = answerOrLog(error, this.logger, 'kontor.commands.v1');
      const { code, detail } = document;
      const answer = toSender(document);
      return PARKED.has(code)
        ? { outcome: 'parked', answer, parking: { code, detail } }
        : { outcome: 'refused', answer };
    }
  }
}

const parked =
  (code: string, detail: string): (() => Promise<Handled>) =>
  () =>
    Promise.resolve({ outcome: 'parked', parking: { code, detail } });

/** @throws Problem */
const requestOf = (envelope: Envelope, { value }: CommandRecord): Request => {
  const { id, type, time } = envelope;
  if (type === undefined) throw new Problem('malformed-request', 'ce_type must name the command.');
  if (id === undefined) throw new Problem('malformed-request', 'ce_id must be the idempotency key.');
  if (time === undefined) throw invalid('ce_time', 'must say when it happened');
  return {
    name: type,
    key: checkedKey(id),
    body: bodyOf(value),
    occurredAt: occurredAt(time, new Date()),
    correlationId: correlationId(envelope.correlationId),
    traceparent: traceparent(envelope.traceparent),
  };
};

/** @throws Problem */
const bodyOf = (value: Buffer | null): unknown => {
  if (value && value.length > LARGEST_BODY)
    throw new Problem('too-large', `A command has at most ${LARGEST_BODY} bytes.`);
  try {
    return JSON.parse(String(value ?? '')) as unknown;
  } catch {
    throw new Problem('malformed-request', 'The value is not JSON.');
  }
};
