import { missing, conflict, contradiction, type ProblemKind, type Problems } from '#capability';
import { problemsOfCapabilities } from '#registry';

const malformed = (meaning: string): ProblemKind => ({ status: 400, meaning });
const later = (status: number, meaning: string): ProblemKind => ({ status, meaning, retryable: true });

/** Refusals by the API itself. */
const problemsOfTheApi: Problems = {
  'malformed-request': malformed('The request could not be read: its body is not JSON, or its URL is broken.'),
  'validation-failed': malformed(
    'The request does not have the shape that /openapi.json documents. The member errors names each field.',
  ),
  'idempotency-key-missing': malformed(
    'Every command needs an Idempotency-Key, such as a UUID: a new one for each command, the same one for each retry. ' +
      'That makes it safe to send a command again after an answer was lost.',
  ),
  unauthenticated: { status: 401, meaning: 'Send a valid API key: Authorization: Bearer kontor_….' },
  forbidden: {
    status: 403,
    meaning: 'The API key is valid but may not do this: it lacks a scope, or acts for another channel.',
  },
  'not-found': missing('It does not exist, or this API key may not see it.'),
  'unknown-command': missing('There is no command of this name.'),
  'unknown-key': missing('There is no such API key, or it no longer works.'),
  'method-not-allowed': {
    status: 405,
    meaning: 'The path exists, but not with this method. The header Allow lists those that do.',
  },
  'request-timeout': later(408, 'The request did not arrive in time.'),
  'too-large': {
    status: 413,
    meaning: 'The request, or what it would record at once, is too large: see maxBytes.',
  },
  'unsupported-media-type': {
    status: 415,
    meaning: 'Send application/json, or application/x-ndjson for a batch of commands.',
  },
  'command-id-reused': contradiction(
    'The idempotency key was used before for another body. A new command needs a new key.',
  ),
  'invalid-key': contradiction('A key cannot have this scope: the scope is unknown, or only staff keys may have it.'),
  'too-many-requests': later(429, 'The API key has reached its rate limit.'),
  'internal-error': {
    status: 500,
    meaning: 'A defect in Kontor. The log has the cause under the member id. A command may be repeated with its key.',
  },
  'outcome-unknown': later(
    503,
    'It is unknown whether the command was carried out. Send it again with the same key to find out.',
  ),
  'not-caught-up': later(503, 'The read model has not reached the position in Kontor-Min-Position yet.'),
  unavailable: later(503, 'Kontor is starting, stopping or overloaded.'),
  'stream-not-readable': conflict(
    'The stream has an event that is not Kontor’s, or lacks events: see stream, revision, eventType and reason. ' +
      'The command was not carried out, and gets the same answer until an operator has repaired the stream.',
  ),
};

/** Every refusal by its stable code. */
export const problems: Problems = { ...problemsOfTheApi, ...problemsOfCapabilities };
