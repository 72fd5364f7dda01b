import { type EventDefinition, upcast } from '#kernel';
import { StreamNotReadable } from './errors.js';
import { type Envelope, type Recorded } from './port.js';

/** The event types that may stand in a stream, by name. */
export type KnownEvents = Readonly<Record<string, EventDefinition>>;

/**
 * The event as today's code knows it. Whatever folds events or passes them on asks this first, and sees only events of the
 * product's own types and versions, with an object as their data and a whole envelope.
 *
 * @throws StreamNotReadable
 */
export const known = (recorded: Recorded, events: KnownEvents): Recorded => {
  const { event, stream, revision } = recorded;
  const refuse = (reason: string) => new StreamNotReadable({ stream, revision, type: storable(event.type), reason });
  const fault = faultIn(recorded, Object.hasOwn(events, event.type) ? events[event.type] : undefined);
  if (fault !== undefined) throw refuse(fault);
  try {
    const current = upcast(events, event, Number(recorded.envelope.schema));
    if (current === event) return recorded;
    // Of today's version from here on: whoever asks again must not bring it up to date a second time.
    return {
      ...recorded,
      event: current,
      envelope: { ...recorded.envelope, schema: String(events[event.type]?.version) },
    };
  } catch (error) {
    throw refuse(
      `${event.type} in version ${recorded.envelope.schema} cannot be brought up to date (${String(error)})`,
    );
  }
};

/** Why this event is not one of ours, as a sentence. */
const faultIn = (recorded: Recorded, definition: EventDefinition | undefined): string | undefined => {
  const { event, envelope, revision } = recorded;
  if (!isText(recorded.stream)) return 'the name of the stream is no text that a database can hold';
  if (!definition) return `this version of Kontor knows no event ${shown(event.type)} in such a stream`;
  const { type, data } = event;
  if (!isObject(data)) return `the data of ${type} are ${kindOf(data)}, not a JSON object`;
  const missing = faultsOf(envelope);
  if (missing !== '')
    return `the metadata of ${type} lack what Kontor writes there (${missing}): it comes from elsewhere`;
  const version = Number(envelope.schema);
  if (version > definition.version) {
    return `${type} is of version ${version}; this version of Kontor knows it up to version ${definition.version}`;
  }
  if (definition.first && revision > 0) return `${type} begins a stream, but does not stand at its beginning`;
  return undefined;
};

/** The fields of an envelope that are missing or are no text, by name, separated by commas; empty for a whole one. */
const faultsOf = (envelope: Envelope): string => {
  if (!isObject(envelope)) return 'all of it';
  const { commandId, correlationId, channel, actor, occurredAt, schema } = envelope;
  const { causationId, subject, fingerprint, traceparent } = envelope;
  const isWhole =
    [commandId, correlationId, channel, actor, schema].every(isText) &&
    INSTANT.test(occurredAt) &&
    [causationId, subject, fingerprint, traceparent].every(isNoOther);
  if (isWhole) return '';
  const needed = Object.entries({ commandId, correlationId, channel, actor, schema }).filter(
    ([, value]) => !isText(value),
  );
  const optional = Object.entries({ causationId, subject, fingerprint, traceparent }).filter(
    ([, value]) => !isNoOther(value),
  );
  const names = [...needed, ...optional].map(([name]) => name);
  return (INSTANT.test(occurredAt) ? names : [...names, 'occurredAt']).join(', ');
};

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** PostgreSQL holds neither U+0000 nor half a surrogate pair. */
const isText = (value: unknown) => typeof value === 'string' && value.isWellFormed() && !value.includes('\u0000');

/** Nothing, or text. */
const isNoOther = (value: unknown) => value === undefined || isText(value);

/** Whether a database can hold all text in it; for what becomes JSON there, though nobody looks at it before. */
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

const kindOf = (value: unknown): string => {
  if (value === undefined || (ArrayBuffer.isView(value) && value.byteLength === 0)) return 'empty';
  if (ArrayBuffer.isView(value)) return 'bytes';
  if (Array.isArray(value)) return 'a list';
  return { string: 'text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? 'null';
};

const shown = (type: string) => JSON.stringify(storable(type.slice(0, 100)));

/** Text from elsewhere, without what a database cannot hold. */
export const storable = (text: string) => text.toWellFormed().replaceAll('\u0000', '\uFFFD');
