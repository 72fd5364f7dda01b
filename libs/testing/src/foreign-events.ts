/** Events as nobody of the product writes them, by what is wrong with them. `ours` is a type that the stream may hold. */
export interface ForeignEvent {
  readonly type: string;
  /** As the bytes that are stored. */
  readonly data: string | Uint8Array;
  readonly contentType: 'application/json' | 'application/octet-stream';
  /** As JSON; empty for none. */
  readonly metadata: string;
}

const envelope = (overrides: object = {}) =>
  JSON.stringify({
    commandId: 'b2f1c8b0-0000-4000-8000-000000000001',
    correlationId: 'elsewhere',
    channel: 'elsewhere',
    actor: 'key:elsewhere',
    occurredAt: '2026-01-01T12:00:00.000Z',
    schema: '1',
    ...overrides,
  });

const json = (type: string, data: string, metadata = envelope()): ForeignEvent => ({
  type,
  data,
  contentType: 'application/json',
  metadata,
});

/** Every shape, for a stream whose decider knows the type `ours`. */
export const foreignEvents = (ours: string): Readonly<Record<string, ForeignEvent>> => ({
  'another-type': json('SomethingElse', '{"a":1}'),
  'another-application': json('SomethingElse', '{"a":1}', '{"$correlationId":"x","user":7}'),
  'no-envelope': json(ours, '{"a":1}', ''),
  'envelope-of-numbers': json(ours, '{}', envelope({ commandId: 7, occurredAt: 8 })),
  'envelope-no-object': json(ours, '{}', '"text"'),
  'no-time': json(ours, '{}', envelope({ occurredAt: 'yesterday' })),
  'newer-version': json(ours, '{"a":1}', envelope({ schema: '99' })),
  'no-version': json(ours, '{"a":1}', envelope({ schema: 'x' })),
  'data-null': json(ours, 'null'),
  'data-empty': json(ours, ''),
  'data-text': json(ours, '"text"'),
  'data-number': json(ours, '7'),
  'data-list': json(ours, '[1,2]'),
  'data-malformed': json(ours, '{"a":'),
  'data-bytes': { ...json(ours, ''), data: new Uint8Array([0, 255, 1, 2]), contentType: 'application/octet-stream' },
  'data-elsewhere': json(ours, '{"nothing":"that anybody expects"}'),
  'data-unstorable': json(ours, '{"nothing":"\\u0000 \\ud800"}'),
  'type-of-the-system': json('$metadata', '{"$maxCount":1}'),
  'type-of-objects': json('constructor', '{}'),
  'type-unstorable': json('Some\u0000thing', '{}'),
});

/** Shapes that cannot be distinguished from an event of the product, or that only some consumers cannot take. */
export const LOOK_OURS: ReadonlySet<string> = new Set(['data-elsewhere', 'data-unstorable']);

/** As the log delivers it: what is no JSON stays text or bytes. */
export const decoded = ({ type, data, contentType, metadata }: ForeignEvent) => ({
  type,
  data: contentType === 'application/json' ? parsed(String(data)) : data,
  envelope: parsed(metadata) ?? {},
});

const parsed = (text: string): unknown => {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
};
