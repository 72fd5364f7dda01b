import { randomUUID } from 'node:crypto';
import { type WireReader } from '#wire';
import { InvalidId, NIL, readUuid } from './uuid.js';

const ID = 0x0a;
const METADATA = 0x12;
const CUSTOM_METADATA = 0x1a;
const DATA = 0x22;
const JSON_CONTENT = 'application/json';
const JSON_BYTES = Buffer.from(JSON_CONTENT);
const TYPE_KEY = Buffer.from('type');
const CONTENT_TYPE_KEY = Buffer.from('content-type');

/** A slice of the request; empty if the field is missing. */
interface Span {
  start: number;
  end: number;
}

const NOTHING: Span = { start: 0, end: 0 };

/** An event that a client proposes. Its content stays in the bytes of the request until it is recorded. */
export class ProposedEvent {
  /** Lower case; empty until {@link problemOf} has looked at it. */
  id = '';
  idField: Span | undefined;
  type: Span | undefined;
  contentType: Span | undefined;
  data = NOTHING;
  customMetadata = NOTHING;

  constructor(readonly source: Buffer) {}

  /** Bytes that count toward the maximum append size. */
  get size(): number {
    return this.data.end - this.data.start + this.customMetadata.end - this.customMetadata.start;
  }

  get typeSize(): number {
    const { start, end } = this.type ?? NOTHING;
    return end - start;
  }

  /** Any other content type is stored as bytes. */
  get isJson(): boolean {
    const { start, end } = this.contentType ?? NOTHING;
    return JSON_BYTES.compare(this.source, start, end) === 0;
  }

  get dataBytes(): Buffer {
    return this.source.subarray(this.data.start, this.data.end);
  }
}

/** Reads a ProposedMessage. Unknown fields are dropped. */
export function readProposed(reader: WireReader): ProposedEvent {
  const event = new ProposedEvent(reader.bytes);
  const fields = reader.message();
  while (fields.more) {
    const tag = fields.varint();
    switch (tag) {
      case ID:
        event.idField = span(fields);
        break;
      case METADATA:
        readEntry(event, fields.message());
        break;
      case CUSTOM_METADATA:
        event.customMetadata = span(fields);
        break;
      case DATA:
        event.data = span(fields);
        break;
      default:
        fields.skip(tag);
    }
  }
  return event;
}

function span(fields: WireReader): Span {
  const end = fields.span();
  const found = { start: fields.at, end };
  fields.at = end;
  return found;
}

function readEntry(event: ProposedEvent, entry: WireReader): void {
  let key = NOTHING;
  let value = NOTHING;
  while (entry.more) {
    const tag = entry.varint();
    if (tag === 0x0a) key = span(entry);
    else if (tag === 0x12) value = span(entry);
    else entry.skip(tag);
  }
  if (TYPE_KEY.compare(event.source, key.start, key.end) === 0) event.type = value;
  else if (CONTENT_TYPE_KEY.compare(event.source, key.start, key.end) === 0) event.contentType = value;
}

/** Reads the event's id. @returns EventStoreDB's message if it would refuse the event */
export function problemOf(event: ProposedEvent): string | undefined {
  if (!event.idField) return "Value cannot be null. (Parameter 'dto')";
  const { start, end } = event.idField;
  try {
    event.id = readUuid(event.source, start, end);
  } catch (error) {
    if (error instanceof InvalidId) return error.message;
    throw error;
  }
  if (!event.type || !event.contentType) return 'The given key was not present in the dictionary.';
  if (event.id === NIL) return "Empty eventId provided. (Parameter 'eventId')";
  if (event.type.start === event.type.end) return "Empty eventType provided. (Parameter 'eventType')";
  return undefined;
}

/** An event that the server itself writes. */
export function systemEvent(type: string, json: string): ProposedEvent {
  const texts = [type, JSON_CONTENT, json].map((text) => Buffer.from(text));
  const event = new ProposedEvent(Buffer.concat(texts));
  let start = 0;
  const [typeSpan, contentType, data] = texts.map((text) => ({ start, end: (start += text.length) }));
  Object.assign(event, { id: randomUUID(), type: typeSpan, contentType, data });
  return event;
}
