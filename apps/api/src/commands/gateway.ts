import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { assertScope, type Principal } from '#access';
import { idOf, type CommandContract, type Outcome, type Position } from '#event-store';
import { type Cause, type KeyedQueue } from '#kernel';
import { BlindIndex } from '#privacy';
import { StreamOwnership, streamTypeOf } from '#registry';
import { Problem } from '../http/problem.js';
import { CommandMetrics } from '../operations/command-metrics.js';
import { KeyBook } from './key-book.js';
import { readBody } from './body-reader.js';
import { CommandRegistry } from './command-registry.js';
import { commandIdOf } from '../http/headers.js';

/** A command as any transport hands it over; everything but the body is already valid. */
export interface Request {
  readonly name: string;
  /** The caller's idempotency key. */
  readonly key: string;
  readonly body: unknown;
  /** ISO 8601 UTC. */
  readonly occurredAt: string;
  readonly correlationId?: string | undefined;
  readonly traceparent?: string | undefined;
}

/** What is answered to a command that was accepted. */
export interface Accepted {
  readonly commandId: string;
  readonly stream: string;
  readonly revision: number;
  /** Absent when there was nothing to do. */
  readonly position?: Position;
  readonly events: readonly { readonly id: string; readonly type: string }[];
  /** The command had been carried out before: this is what it led to then. */
  readonly repeated: boolean;
}

interface Work {
  readonly request: Request;
  readonly principal: Principal;
  readonly order: KeyedQueue | undefined;
}

/** Where commands of all transports become messages on the command bus. */
@Injectable()
export class Gateway {
  @Inject() private readonly ownership!: StreamOwnership;
  @Inject() private readonly keys!: KeyBook;

  constructor(
    private readonly commands: CommandRegistry,
    private readonly bus: CommandBus,
    private readonly digests: BlindIndex,
    private readonly metrics: CommandMetrics,
  ) {}

  /** @throws Problem `unknown-command` */
  contractOf(name: string): CommandContract {
    return this.commands.find(name);
  }

  /** @throws Problem, DomainError, CommandIdReused, OutcomeUnknown */
  async execute(request: Request, principal: Principal, order?: KeyedQueue): Promise<Accepted> {
    const contract = this.contractOf(request.name);
    try {
      const accepted = await this.carryOut(contract, { request, principal, order });
      this.metrics.count(contract.name, accepted.repeated ? 'repeated' : 'accepted');
      return accepted;
    } catch (error) {
      this.metrics.count(contract.name, 'refused');
      throw error;
    }
  }

  private async carryOut(contract: CommandContract, { request, principal, order }: Work): Promise<Accepted> {
    assertScope(principal, contract.scope);
    const body = this.bodyOf(contract, request);
    const stream = contract.stream(body);
    this.keys.check(principal.channel, request.key, stream);
    const cause = this.causeOf(contract, { request, principal, body, stream });
    const message = contract.message(body, cause);
    const send = async () => {
      if (!principal.isStaff) await this.ownership.check(contract, stream, principal.channel);
      return this.bus.execute<object, Outcome>(message);
    };
    const outcome = await (order ? order.enqueue(stream, send) : send());
    this.keys.note(principal.channel, request.key, stream);
    refuseWhatWasRecordedAsRefused(contract, outcome);
    return {
      commandId: cause.commandId,
      stream,
      revision: outcome.revision,
      ...(outcome.position !== undefined && { position: outcome.position }),
      events: outcome.events.map(({ type }, index) => ({ id: outcome.eventIds[index] ?? '', type })),
      repeated: outcome.repeated,
    };
  }

  /** Valid, and without secrets. */
  private bodyOf({ dto, tokenizeSecrets }: CommandContract, { body }: Request): object {
    const valid = readBody(dto, body);
    return tokenizeSecrets ? tokenizeSecrets(valid, (kind, value) => this.digests.hash(kind, value)) : valid;
  }

  private causeOf(
    contract: CommandContract,
    { request, principal, body, stream }: { request: Request; principal: Principal; body: object; stream: string },
  ): Cause {
    const commandId = commandIdOf(principal.channel, request.key, stream);
    const cause: Cause = {
      commandId,
      correlationId: streamTypeOf(stream)?.correlatedByStream ? idOf(stream) : (request.correlationId ?? commandId),
      channel: principal.channel,
      actor: `key:${principal.keyId}`,
      occurredAt: request.occurredAt,
      fingerprint: this.digests.fingerprint([contract.name, body]),
      ...(request.traceparent !== undefined && { traceparent: request.traceparent }),
    };
    const subject = contract.subject?.(body, cause);
    return subject === undefined ? cause : { ...cause, subject };
  }
}

/** @throws Problem with the facts of the event, for example how many were still available */
const refuseWhatWasRecordedAsRefused = ({ refusals }: CommandContract, { events }: Outcome) => {
  if (!refusals) return;
  for (const { type, data } of events) {
    const code = refusals[type];
    if (code !== undefined)
      throw new Problem(code, 'The command was refused, and the refusal is on record.', { ...data });
  }
};
