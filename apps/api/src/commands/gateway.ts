import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { assertScope, type Principal } from '#access';
import { idOf, type CommandContract, type Outcome, type Position } from '#event-store';
import { type Cause, type KeyedQueue } from '#kernel';
import { BlindIndex } from '#privacy';
import { StreamOwnership, streamTypeOf } from '#registry';
import { Problem } from '../http/problem.js';
import { CommandMetrics } from '../operations/command-metrics.js';
import { RecentKeys } from './recent-keys.js';
import { TenderCodes } from './tender-codes.js';
import { readBody } from './body-reader.js';
import { checkLocations } from './locations.js';
import { CommandRegistry } from './command-registry.js';
import { commandIdOf } from '../http/headers.js';

/** A command from any transport. Everything except the body is already valid. */
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

/** The answer to a command that was carried out. */
export interface Accepted {
  readonly commandId: string;
  readonly stream: string;
  readonly revision: number;
  /** Absent if there was nothing to do. */
  readonly position?: Position;
  readonly events: readonly { readonly id: string; readonly type: string }[];
  /** The command had been carried out before; this is the outcome of that time. */
  readonly repeated: boolean;
}

interface Work {
  readonly request: Request;
  readonly principal: Principal;
  readonly order: KeyedQueue | undefined;
}

/** Checks commands of all transports and sends them over the command bus. */
@Injectable()
export class Gateway {
  @Inject() private readonly ownership!: StreamOwnership;
  @Inject() private readonly recentKeys!: RecentKeys;
  @Inject() private readonly tenderCodes!: TenderCodes;

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
    checkLocations(principal, contract, body);
    const stream = contract.stream(body);
    this.recentKeys.check(principal.channel, request.key, stream);
    const cause = this.causeOf(contract, { request, principal, body, stream });
    const message = contract.message(body, cause);
    const send = async () => {
      await this.tenderCodes.count(body, principal.keyId);
      await this.ownership.check(contract, body, principal);
      return this.bus.execute<object, Outcome>(message);
    };
    const outcome = await (order ? order.enqueue(stream, send) : send());
    this.recentKeys.add(principal.channel, request.key, stream);
    throwRecordedRefusal(contract, outcome);
    return {
      commandId: cause.commandId,
      stream,
      revision: outcome.revision,
      ...(outcome.position !== undefined && { position: outcome.position }),
      events: outcome.events.map(({ type }, index) => ({ id: outcome.eventIds[index] ?? '', type })),
      repeated: outcome.repeated,
    };
  }

  /** @returns the valid body, with tokens in place of secrets */
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

/** @throws Problem with the data of the event, such as the available quantity, if the refusal was recorded as an event */
const throwRecordedRefusal = ({ refusals }: CommandContract, { events }: Outcome) => {
  if (!refusals) return;
  for (const { type, data } of events) {
    const code = refusals[type];
    if (code !== undefined)
      throw new Problem(code, 'The command was refused, and the refusal is recorded.', { ...data });
  }
};
