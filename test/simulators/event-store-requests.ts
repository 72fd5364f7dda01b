import { WireReader } from '#wire';

/** Numbers of requests to an event store. */
export interface Requests {
  readonly appends: number;
  /** The events of all appends. */
  readonly events: number;
  readonly streamReads: number;
  /** Reads of a page of `$all`. */
  readonly allReads: number;
  /** Subscriptions to `$all` and to streams. */
  readonly subscriptions: number;
}

export type Counters = { -readonly [Name in keyof Requests]: Requests[Name] };

export const noRequests = (): Counters => ({ appends: 0, events: 0, streamReads: 0, allReads: 0, subscriptions: 0 });

const READ = { all: 2, subscription: 6, uuidOption: 9 };
const FIRST = 1;
const BATCH_APPEND = { proposedMessages: 3, isFinal: 4 };

/**
 * Counts a message to an event store, except for deletions and appends outside of a batch, which Kontor does not send. It
 * tells messages apart by their field numbers, because HTTP/2 compresses the path of the call.
 * @returns whether it opens a subscription
 */
export const count = (message: Buffer, counters: Counters): boolean => {
  const { fields, options } = fieldsOf(message);
  if (options.includes(READ.uuidOption)) {
    const kind = kindOfRead(options);
    counters[kind]++;
    return kind === 'subscriptions';
  }
  if (fields.includes(BATCH_APPEND.isFinal)) counters.appends++;
  counters.events += fields.filter((field) => field === BATCH_APPEND.proposedMessages).length;
  return false;
};

const kindOfRead = (options: readonly number[]) => {
  if (options.includes(READ.subscription)) return 'subscriptions';
  return options.includes(READ.all) ? 'allReads' : 'streamReads';
};

/** The field numbers of a message, and those of its first field, which has the options of a read or the id of an append. */
const fieldsOf = (message: Buffer) => {
  const reader = new WireReader(message);
  const fields: number[] = [];
  let options: readonly number[] = [];
  while (reader.more) {
    const tag = reader.varint();
    fields.push(tag >> 3);
    if (tag >> 3 === FIRST && (tag & 7) === 2) options = numbersIn(reader.message());
    else reader.skip(tag);
  }
  return { fields, options };
};

const numbersIn = (reader: WireReader) => {
  const fields: number[] = [];
  while (reader.more) {
    const tag = reader.varint();
    fields.push(tag >> 3);
    reader.skip(tag);
  }
  return fields;
};
