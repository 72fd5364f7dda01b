import { WireError, WireReader } from '#wire';

const ID = 0x0a;
const METADATA = 0x12;
const CUSTOM_METADATA = 0x1a;
const DATA = 0x22;
/** Where a ProposedMessage's field lives in a RecordedEvent. */
const RECORDED_METADATA = 0x32;
const RECORDED_CUSTOM_METADATA = 0x3a;
const RECORDED_DATA = 0x42;
const UUID_STRING = 0x12;
const UUID_LENGTH = 36;

/**
 * A proposed event. `start` to `end` in `source` are its fields as a RecordedEvent carries them, so that
 * recording is one copy.
 */
export class Proposed {
  type: string | undefined;
  hasContentType = false;
  /** What counts against the maximum append size. */
  size = 0;
  idAt = -1;

  constructor(
    readonly source: Buffer,
    readonly start: number,
    readonly end: number,
  ) {}

  get id(): string {
    return this.source.toString('latin1', this.idAt, this.idAt + UUID_LENGTH).toLowerCase();
  }

  /** 32 bits of the id, equal for ids that differ only in case. */
  get idHash(): number {
    let hash = 0x811c9dc5;
    for (let at = this.idAt; at < this.idAt + UUID_LENGTH; at++) {
      hash = Math.imul(hash ^ ((this.source[at] ?? 0) | 0x20), 0x01000193);
    }
    return hash >>> 0;
  }

  get complete(): boolean {
    return this.type !== undefined && this.hasContentType;
  }
}

/**
 * Reads a ProposedMessage and rewrites its tags **in place** to those of a RecordedEvent, which has the same four
 * fields under other numbers.
 */
export function readProposed(reader: WireReader): Proposed {
  const end = reader.span();
  const fields = new WireReader(reader.bytes, reader.at, end);
  reader.at = end;
  const event = new Proposed(fields.bytes, fields.at, end);
  while (fields.more) readField(event, fields);
  if (event.idAt < 0) throw new WireError('An event needs an id, as a string of 36 characters.');
  return event;
}

function readField(event: Proposed, fields: WireReader): void {
  const bytes = fields.bytes;
  const tagAt = fields.at;
  const tag = fields.varint();
  switch (tag) {
    case ID:
      readId(event, fields.message());
      break;
    case METADATA:
      bytes[tagAt] = RECORDED_METADATA;
      readEntry(event, fields.message());
      break;
    case CUSTOM_METADATA:
    case DATA: {
      bytes[tagAt] = tag === DATA ? RECORDED_DATA : RECORDED_CUSTOM_METADATA;
      const end = fields.span();
      event.size += end - fields.at;
      fields.at = end;
      break;
    }
    default:
      throw new WireError(`Unknown field in an event (tag ${tag}).`);
  }
}

function readId(event: Proposed, uuid: WireReader): void {
  const tag = uuid.varint();
  const end = uuid.span();
  if (tag === UUID_STRING && end - uuid.at === UUID_LENGTH) event.idAt = uuid.at;
}

function readEntry(event: Proposed, entry: WireReader): void {
  let key = '';
  while (entry.more) {
    const tag = entry.varint();
    const end = entry.span();
    if (tag === 0x0a) key = entry.bytes.toString('latin1', entry.at, end);
    else if (key === 'type') event.type = entry.bytes.toString('utf8', entry.at, end);
    else if (key === 'content-type') event.hasContentType = true;
    if (tag === 0x12 && key === 'type') event.size += 2 * (end - entry.at);
    entry.at = end;
  }
}
