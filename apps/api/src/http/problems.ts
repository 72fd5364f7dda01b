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
    'Every command needs an Idempotency-Key: a new one (a UUID, say) for each command, the same one for each retry. ' +
      'That makes it safe to send a command again whenever an answer was lost.',
  ),
  unauthenticated: { status: 401, meaning: 'Send a valid API key: Authorization: Bearer kontor_….' },
  forbidden: {
    status: 403,
    meaning: 'The API key is valid but may not do this: it lacks a scope, or acts for another channel.',
  },
  'not-found': missing('There is nothing here, or nothing that this API key may see.'),
  'unknown-command': missing('There is no command of this name.'),
  'unknown-key': missing('There is no such API key, or it no longer works.'),
  'method-not-allowed': {
    status: 405,
    meaning: 'The path exists, but not with this method. The header Allow lists those that do.',
  },
  'request-timeout': later(408, 'The request did not arrive in time.'),
  'too-large': {
    status: 413,
    meaning: 'The request, or what it would record at once, is larger than is accepted: see maxBytes.',
  },
  'unsupported-media-type': {
    status: 415,
    meaning: 'Send application/json, or application/x-ndjson for a batch of commands.',
  },
  'command-id-reused': contradiction(
    'The idempotency key was used before for another body. A new command needs a new key.',
  ),
  'invalid-key': contradiction('No key can be like this: the scope is unknown, or only staff keys may have it.'),
  'too-many-requests': later(429, 'The API key has used up its budget for now.'),
  'internal-error': {
    status: 500,
    meaning:
      'A defect in Kontor. The member id is in the log beside what happened. A command may be repeated with its key.',
  },
  'outcome-unknown': later(
    503,
    'The log did not say whether the command was stored. Send it again with the same key: that settles it.',
  ),
  'not-caught-up': later(503, 'The read model has not reached the position in Kontor-Min-Position yet.'),
  unavailable: later(503, 'Kontor is starting, stopping or overloaded.'),
  'stream-not-readable': conflict(
    'The log holds something there that is not Kontor’s, or lacks events: see stream, revision, eventType and reason. ' +
      'Nothing was decided. The same command gets the same answer until an operator has mended the stream.',
  ),
};

/** Every refusal by its stable code. */
export const problems: Problems = { ...problemsOfTheApi, ...problemsOfCapabilities };
