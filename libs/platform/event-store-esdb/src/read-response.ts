import { asPosition, type Envelope, type Position, type Recorded, START } from '#event-store';
import { WireError, WireReader } from '#wire';

/**
 * One message of the server during a read or a subscription (`ReadResp`). A `checkpoint` says that all events up to there that
 * pass the filter were sent; its number may be that of no event, see `CheckpointResolver`. Kinds that are not known are `other`.
 *
 * It is decoded here because the client's own decoder makes an object for each field and takes twice as long.
 */
export type ReadResponse =
  | { readonly kind: 'event'; readonly recorded: Recorded }
  | { readonly kind: 'checkpoint'; readonly position: number }
  | { readonly kind: 'confirmed' | 'caughtUp' | 'notFound' | 'other' };

/** Decoders of the fields of a message, by tag. */
type Fields<Draft> = Readonly<Record<number, (draft: Draft, reader: WireReader) => void>>;

/** The tag of a field that holds bytes, text or a message. */
const bytes = (field: number) => (field << 3) | 2;
/** The tag of a field that holds a number. */
const number = (field: number) => field << 3;

const read = <Draft>(reader: WireReader, fields: Fields<Draft>, draft: Draft): Draft => {
  while (reader.more) {
    const tag = reader.varint();
    const field = fields[tag];
    if (field) field(draft, reader);
    else reader.skip(tag);
  }
  return draft;
};

const textOf: Readonly<Record<number, Fields<{ text: string }>>> = Object.fromEntries(
  [2, 3].map((field) => [field, { [bytes(field)]: (draft, reader) => (draft.text = reader.slice().toString('utf8')) }]),
);
/** The text in a message that has one field of text. */
const text = (reader: WireReader, field: 2 | 3) => read(reader, textOf[field] ?? {}, { text: '' }).text;

interface Entry {
  key: string;
  value: string;
}

/** An entry of a `map<string, string>`. */
const ENTRY: Fields<Entry> = {
  [bytes(1)]: (entry, reader) => (entry.key = reader.slice().toString('latin1')),
  [bytes(2)]: (entry, reader) => (entry.value = reader.slice().toString('utf8')),
};

interface Draft {
  id: string;
  stream: string;
  revision: number;
  position: Position;
  metadata: Map<string, string>;
  envelope?: Buffer;
  data?: Buffer;
}

/** `ReadResp.ReadEvent.RecordedEvent` */
const RECORDED: Fields<Draft> = {
  [bytes(1)]: (draft, reader) => (draft.id = text(reader.message(), 2)),
  [bytes(2)]: (draft, reader) => (draft.stream = text(reader.message(), 3)),
  [number(3)]: (draft, reader) => (draft.revision = reader.varint()),
  [number(5)]: (draft, reader) => (draft.position = asPosition(safe(reader.varint()))),
  [bytes(6)]: ({ metadata }, reader) => {
    const { key, value } = read(reader.message(), ENTRY, { key: '', value: '' });
    metadata.set(key, value);
  },
  [bytes(7)]: (draft, reader) => (draft.envelope = reader.slice()),
  [bytes(8)]: (draft, reader) => (draft.data = reader.slice()),
};

/** Milliseconds from ticks of 100 ns, which are too many for a number. */
const millisOf = (ticks: string | undefined) => Number(ticks?.slice(0, -4) ?? 0);

const responseOf = ({ id, stream, revision, position, metadata, envelope, data }: Draft): ReadResponse => {
  const type = metadata.get('type') ?? '';
  if (id === '') throw new WireError('An event without an id, or not in the form that was asked for.');
  const isJson = metadata.get('content-type') === 'application/json';
  const recorded: Recorded = {
    id,
    event: { type, data: (isJson ? json(data) : data) as object },
    // An event of another application has none, and is refused when it is recognized.
    envelope: (json(envelope) ?? {}) as Envelope,
    stream,
    revision,
    position,
    recordedAt: millisOf(metadata.get('created')),
  };
  return { kind: 'event', recorded };
};

/** `ReadResp.ReadEvent` */
const EVENT: Fields<{ response: ReadResponse }> = {
  [bytes(1)]: (draft, reader) => {
    const recorded = { id: '', stream: '', revision: 0, position: START, metadata: new Map<string, string>() };
    draft.response = responseOf(read(reader.message(), RECORDED, recorded));
  },
};

/** `ReadResp.Checkpoint` */
const CHECKPOINT: Fields<{ position: number }> = {
  [number(1)]: (draft, reader) => (draft.position = reader.varint()),
};

/** `ReadResp` */
const RESPONSE: Fields<{ response: ReadResponse }> = {
  [bytes(1)]: (draft, reader) => read(reader.message(), EVENT, draft),
  [bytes(2)]: (draft, reader) => {
    reader.slice();
    draft.response = { kind: 'confirmed' };
  },
  [bytes(3)]: (draft, reader) => {
    draft.response = { kind: 'checkpoint', ...read(reader.message(), CHECKPOINT, { position: 0 }) };
  },
  [bytes(4)]: (draft, reader) => {
    reader.slice();
    draft.response = { kind: 'notFound' };
  },
  [bytes(8)]: (draft, reader) => {
    reader.slice();
    draft.response = { kind: 'caughtUp' };
  },
};

/** @param message a `ReadResp` of `streams.proto` @throws WireError, RangeError when a position is too large for a number */
export const decodeReadResponse = (message: Buffer): ReadResponse =>
  read<{ response: ReadResponse }>(new WireReader(message), RESPONSE, { response: { kind: 'other' } }).response;

const safe = (position: number) => {
  if (!Number.isSafeInteger(position)) throw new RangeError(`Too large for a number: ${position}`);
  return position;
};

/** Content that is not JSON stays text: the event is refused when it is recognized. */
const json = (content: Buffer | undefined): unknown => {
  if (!content?.length) return undefined;
  const written = content.toString('utf8');
  try {
    return JSON.parse(written);
  } catch {
    return written;
  }
};
