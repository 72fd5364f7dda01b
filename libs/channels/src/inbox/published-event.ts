import { isStorable, parsePosition, type Position } from '#event-store';
import { type KafkaRecord } from '#kafka-publisher';

/** An event as adapters see it: the published form, whether it was read from Kafka or straight from the log. */
export interface PublishedEvent {
  readonly id: string;
  /** Published type with its version, such as `com.kontor.order.placed.v1`. */
  readonly type: string;
  readonly stream: string;
  /** Place in its stream: 0, 1, 2, … without a gap. */
  readonly revision: number;
  /** Place in the whole log. */
  readonly position: Position;
  /** Id of the channel through which the command came. */
  readonly channel: string;
  readonly correlationId: string;
  /** ISO 8601: when it happened in the business. */
  readonly occurredAt: string;
  /** ISO 8601: when the log recorded it. */
  readonly recordedAt: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event that cannot be published: it is not Kontor's, or only newer code knows it. */
export interface UnreadableEvent {
  readonly stream: string;
  readonly revision: number;
  /** Why, as a sentence. */
  readonly unreadable: string;
}

type RecordContent = Pick<KafkaRecord, 'key' | 'value' | 'headers'>;

/** @throws Error for a record that Kontor's publisher cannot have written */
export const publishedEventOf = (record: RecordContent): PublishedEvent => {
  const header = (name: string) => requiredHeader(record, name);
  const position = parsePosition(header('ce_position'));
  if (position === undefined) throw new Error(`${record.key}: the header ce_position is not a position`);
  return {
    id: header('ce_id'),
    type: header('ce_type'),
    stream: record.key,
    revision: parsedRevision(record),
    position,
    channel: header('ce_channel'),
    correlationId: header('ce_correlationid'),
    occurredAt: header('ce_time'),
    recordedAt: header('ce_recordedtime'),
    data: parsedData(record),
  };
};

/** An event with text that PostgreSQL cannot store could not be held in the inbox, so it is unreadable. */
export const storableEventOf = (event: PublishedEvent): PublishedEvent | UnreadableEvent => {
  if (isStorable(event)) return event;
  const { stream, revision } = event;
  return { stream, revision, unreadable: 'it contains text that the database cannot store' };
};

const requiredHeader = ({ key, headers }: RecordContent, name: string): string => {
  const { [name]: text } = headers;
  if (text === undefined) throw new Error(`${key}: the header ${name} is missing`);
  return text;
};

const parsedRevision = (record: RecordContent): number => {
  const text = requiredHeader(record, 'ce_streamrevision');
  if (!/^\d{1,15}$/.test(text)) throw new Error(`${record.key}: the header ce_streamrevision is not a revision`);
  return Number(text);
};

const parsedData = ({ key, value }: RecordContent): PublishedEvent['data'] => {
  const data: unknown = JSON.parse(value);
  if (typeof data !== 'object' || data === null) throw new Error(`${key}: the value is not a JSON object`);
  return data as PublishedEvent['data'];
};
