import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { HttpException, type Logger } from '@nestjs/common';
import { isOutage } from '#database';
import { CommandIdReused, OutcomeUnknown, StreamNotReadable } from '#event-store';
import { DomainError, UnreadableJson } from '#kernel';
import { problems } from './problems.js';

/** RFC 9457. Additional members are for machines, for example `available`. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The last part of the type. */
  readonly code: string;
  readonly [member: string]: unknown;
}

/** A refusal by the API itself. `code` is one of {@link problems}. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    detail: string,
    readonly members: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.name = 'Problem';
  }
}

/** `insufficient-stock` → `Insufficient stock`. */
const titleOf = (code: string) => (code.charAt(0).toUpperCase() + code.slice(1)).replaceAll('-', ' ');

/** A code that is not in the table is a refusal by a decider, and so a conflict with the current state. */
export const documentOf = (
  code: string,
  detail: string,
  members: Readonly<Record<string, unknown>> = {},
): ProblemDocument => {
  const { status, retryable } = problems[code] ?? { status: 409, retryable: undefined };
  return {
    ...members,
    type: `/problems/${code}`,
    title: titleOf(code),
    status,
    detail,
    code,
    ...(retryable && { retryable }),
  };
};

export interface Answer {
  readonly document: ProblemDocument;
  readonly headers: Readonly<Record<string, string>>;
}

const RETRY_SOON = { 'retry-after': '1' };

const byStatus: Readonly<Record<number, string>> = {
  400: 'malformed-request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'request-timeout',
  413: 'too-large',
  414: 'too-large',
  415: 'unsupported-media-type',
  429: 'too-many-requests',
  503: 'unavailable',
};

const statusOf = (error: unknown): number | undefined => {
  if (error instanceof HttpException) return error.getStatus();
  const statusCode = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof statusCode === 'number' ? statusCode : undefined;
};

/** The answer to an error. The cause of a defect goes to the log only, under an id that is in the answer. */
export const answerOrLog = (error: unknown, logger: Logger, route: string): Answer => {
  const answer = answerTo(error);
  if (answer) {
    const { type, status } = answer.document;
    if (status >= 500) logger.warn({ problem: type, route });
    return answer;
  }
  const id = randomUUID();
  const { stack = String(error) } = error instanceof Error ? error : {};
  logger.error({ problem: '/problems/internal-error', id, route, stack });
  return {
    document: documentOf('internal-error', 'Kontor failed. The log has the cause under the member id.', { id }),
    headers: {},
  };
};

/** Undefined for a defect. */
const answerTo = (error: unknown): Answer | undefined =>
  answerToOwnError(error) ?? answerToOutage(error) ?? answerToFrameworkError(error);

const UNAVAILABLE: Answer = {
  document: documentOf('unavailable', 'The database or the event store does not answer.'),
  headers: RETRY_SOON,
};

const answerToOutage = (error: unknown): Answer | undefined => (isOutage(error) ? UNAVAILABLE : undefined);

/** A read has no outcome: the caller is not asked to send a command again. */
export const answerToRead = (error: unknown): Answer | undefined =>
  error instanceof OutcomeUnknown ? UNAVAILABLE : undefined;

const answerToOwnError = (error: unknown): Answer | undefined => {
  if (error instanceof Problem) {
    return { document: documentOf(error.code, error.message, error.members), headers: error.headers };
  }
  if (error instanceof DomainError) {
    return { document: documentOf(error.code, error.message, error.details), headers: {} };
  }
  if (error instanceof UnreadableJson) {
    return { document: documentOf('malformed-request', `${error.message}.`), headers: {} };
  }
  if (error instanceof CommandIdReused) {
    return { document: documentOf('command-id-reused', error.message, { commandId: error.commandId }), headers: {} };
  }
  if (error instanceof OutcomeUnknown) {
    const detail = 'The log did not answer in time. Send the same command with the same key again.';
    return { document: documentOf('outcome-unknown', detail), headers: RETRY_SOON };
  }
  if (error instanceof StreamNotReadable) {
    const { message, stream, revision, type, reason } = error;
    const members = { stream, revision, ...(type !== undefined && { eventType: type }), reason };
    return { document: documentOf('stream-not-readable', `${message}.`, members), headers: {} };
  }
  return undefined;
};

/** For requests that Nest or Fastify refuse. */
const answerToFrameworkError = (error: unknown): Answer | undefined => {
  const status = statusOf(error);
  if (status === undefined || (status >= 500 && status !== 503)) return undefined;
  const detail = error instanceof Error ? error.message : (STATUS_CODES[status] ?? 'Refused');
  return {
    document: documentOf(byStatus[status] ?? 'malformed-request', detail),
    headers: status === 503 ? RETRY_SOON : {},
  };
};
