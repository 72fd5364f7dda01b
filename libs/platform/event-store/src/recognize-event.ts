import { type EventDefinition, upcast } from '#kernel';
import { StreamNotReadable } from './errors.js';
import { type Envelope, type Recorded } from './port.js';

/** The event types of a kind of stream, by name. */
export type KnownEvents = Readonly<Record<string, EventDefinition>>;

/**
 * Checks that an event is one of Kontor's and upcasts it to the current version. Everything that folds or forwards events calls
 * this first, and so gets only known types with an object as data and a complete envelope.
 *
 * @throws StreamNotReadable for any other event
 */
export const recognizeEvent = (recorded: Recorded, events: KnownEvents): Recorded => {
  const { event, stream, revision } = recorded;
  const refusal = (reason: string) =>
    new StreamNotReadable({ stream, revision, type: toStorableText(event.type), reason });
  const fault = faultIn(recorded, Object.hasOwn(events, event.type) ? events[event.type] : undefined);
  if (fault !== undefined) throw refusal(fault);
  try {
    const current = upcast(events, event, Number(recorded.envelope.schema));
    if (current === event) return recorded;
    // With the current version in its envelope, the event is not upcast a second time.
    return {
      ...recorded,
      event: current,
      envelope: { ...recorded.envelope, schema: String(events[event.type]?.version) },
    };
  } catch (error) {
    throw refusal(`${event.type} in version ${recorded.envelope.schema} cannot be upcast (${String(error)})`);
  }
};

/** @returns why the event is not one of Kontor's, as a sentence; undefined if it is */
const faultIn = (recorded: Recorded, definition: EventDefinition | undefined): string | undefined => {
  const { event, envelope, revision } = recorded;
  if (!isText(recorded.stream)) return 'the name of the stream has characters that the database cannot store';
  if (!definition) return `this version of Kontor knows no event ${quoted(event.type)} in this kind of stream`;
  const { type, data } = event;
  if (!isObject(data)) return `the data of ${type} are ${jsonKindOf(data)}, not a JSON object`;
  const missing = missingFieldsOf(envelope);
  if (missing !== '')
    return `the metadata of ${type} lack fields that Kontor writes (${missing}): another application has written it`;
  const version = Number(envelope.schema);
  if (version > definition.version) {
    return `${type} is of version ${version}; this version of Kontor knows it up to version ${definition.version}`;
  }
  if (definition.first && revision > 0) return `${type} is only valid as the first event of a stream`;
  return undefined;
};

/** @returns the names of required fields that are missing or not text, separated by commas */
const missingFieldsOf = (envelope: Envelope): string => {
  if (!isObject(envelope)) return 'all of it';
  const { commandId, correlationId, channel, actor, occurredAt, schema } = envelope;
  const { causationId, subject, fingerprint, traceparent } = envelope;
  const isComplete =
    [commandId, correlationId, channel, actor, schema].every(isText) &&
    INSTANT.test(occurredAt) &&
    [causationId, subject, fingerprint, traceparent].every(isTextOrMissing);
  if (isComplete) return ''; // the usual case allocates nothing more
  const needed = Object.entries({ commandId, correlationId, channel, actor, schema }).filter(
    ([, value]) => !isText(value),
  );
  const optional = Object.entries({ causationId, subject, fingerprint, traceparent }).filter(
    ([, value]) => !isTextOrMissing(value),
  );
  const names = [...needed, ...optional].map(([name]) => name);
  return (INSTANT.test(occurredAt) ? names : [...names, 'occurredAt']).join(', ');
};

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** PostgreSQL can store neither U+0000 nor an unpaired surrogate. */
const isText = (value: unknown) => typeof value === 'string' && value.isWellFormed() && !value.includes('\u0000');

const isTextOrMissing = (value: unknown) => value === undefined || isText(value);

/** Whether PostgreSQL can store all text in a value as JSON. */
export const isStorable = (value: unknown): boolean => {
  if (typeof value === 'string') return isText(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isStorable);
  for (const name of Object.keys(value)) {
    if (!isText(name) || !isStorable((value as Record<string, unknown>)[name])) return false;
  }
  return true;
};

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

const jsonKindOf = (value: unknown): string => {
  if (value === undefined || (ArrayBuffer.isView(value) && value.byteLength === 0)) return 'empty';
  if (ArrayBuffer.isView(value)) return 'bytes';
  if (Array.isArray(value)) return 'a list';
  return { string: 'text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? 'null';
};

const MAX_QUOTED_LENGTH = 100;
const quoted = (type: string) => JSON.stringify(toStorableText(type.slice(0, MAX_QUOTED_LENGTH)));

/** Replaces characters that PostgreSQL cannot store by U+FFFD. */
export const toStorableText = (text: string) => text.toWellFormed().replaceAll('\u0000', '\uFFFD');
