import { accepted } from '#capability';
import { answers } from '#registry';
import { anything, instant, integer, listOf, object, oneOf, orNull, text, type Schema } from '#schema';

const key: Readonly<Record<string, Schema>> = {
  keyId: text,
  channel: text,
  name: text,
  scopes: listOf(text),
  locations: orNull(listOf(text)),
  createdAt: instant,
  expiresAt: orNull(instant),
  lastUsedAt: orNull(instant),
  revokedAt: orNull(instant),
};

/** What answers look like. What bodies look like is said by the DTOs. */
export const schemas: Readonly<Record<string, Schema>> = {
  Problem: {
    ...object({
      type: { ...text, example: '/problems/insufficient-stock' },
      title: text,
      status: integer,
      detail: text,
      code: text,
    }),
    additionalProperties: true,
    description: 'RFC 9457. GET the type for what it means. More members say what a machine can act on.',
  },
  Accepted: object(accepted),
  ...answers,
  BatchAnswer: {
    ...object({ line: integer, 'id?': text, status: integer }),
    additionalProperties: true,
    description: 'One per line: what the command would have been answered alone, an outcome or a problem.',
  },
  Published: object({
    id: text,
    type: text,
    stream: text,
    revision: integer,
    position: integer,
    data: anything,
    channel: text,
    correlationId: text,
    'causationId?': text,
    occurredAt: instant,
    recordedAt: instant,
  }),
  Status: object({
    head: integer,
    consumers: listOf(
      object({ name: text, position: integer, lag: integer, lagSeconds: { type: 'number' }, parked: integer }),
    ),
    readModels: listOf(
      object({
        name: text,
        version: integer,
        build: integer,
        status: oneOf('building', 'live', 'retired'),
        parked: integer,
      }),
    ),
    parked: listOf(object({ consumer: text, stream: text, position: integer, error: text })),
    cut: listOf(object({ stream: text, reason: text })),
  }),
  Key: object(key),
  NewKeyAnswer: object({ ...key, secret: { ...text, description: 'Shown this once.' } }),
};
