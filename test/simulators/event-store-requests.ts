import { WireReader } from '#wire';

/** Numbers of requests to an event store. */
export interface Requests {
  readonly appends: number;
  /** In all appends. */
  readonly events: number;
  readonly streamReads: number;
  /** Pages of `$all`. */
  readonly allReads: number;
  /** To `$all` and to streams. */
  readonly subscriptions: number;
}

export type Counters = { -readonly [Name in keyof Requests]: Requests[Name] };

export const noRequests = (): Counters => ({ appends: 0, events: 0, streamReads: 0, allReads: 0, subscriptions: 0 });

const READ = { all: 2, subscription: 6, uuidOption: 9 };
const FIRST = 1;
const BATCH_APPEND = { proposedMessages: 3, isFinal: 4 };

/**
 * Counts a message to an event store, but for deletions and appends outside of a batch, which Kontor does not send.
 * The messages of EventStoreDB's protocol differ in the numbers of their fields: the path of the call, which HTTP/2
 * compresses, need not be known.
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

/** Numbers of the fields of a message, and of those within its first one: the options of reads, the id of appends. */
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
