import { categoryOf, type Recorded } from '#event-store';
import { type Published, published } from '#registry';
import { UNPUBLISHED_FIELDS, publicType } from './contract/events.js';
import { topicOf } from './contract/topics.js';

/** A record in Kafka: a CloudEvent 1.0 in binary mode. */
export interface KafkaRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since 1970, as text. */
  readonly timestamp: string;
}

/** `ce_type` of an event whose content is private. It is published without data, so that no revision is missing. */
export const WITHHELD_TYPE = 'com.kontor.withheld.v1';

/** Topics take batches of 5 MiB, so a larger event could never be sent. */
const MAX_VALUE_BYTES = 4_500_000;

export class RecordTooLarge extends Error {
  override name = 'RecordTooLarge';
}

/**
 * The record that publishes an event.
 * @throws StreamNotReadable for an event that is not Kontor's, or that only newer code knows
 * @throws RecordTooLarge
 */
export const recordOf = (recorded: Recorded): KafkaRecord => {
  const event = published(recorded);
  const category = categoryOf(event.stream);
  const type = publicType(category, event.type);
  const value =
    type === undefined
      ? '{}'
      : JSON.stringify(event.data, (name, field: unknown) => (UNPUBLISHED_FIELDS.has(name) ? undefined : field));
  const size = Buffer.byteLength(value);
  if (size > MAX_VALUE_BYTES) throw new RecordTooLarge(`${event.type} has ${size} bytes, more than ${MAX_VALUE_BYTES}`);
  return {
    topic: topicOf(category),
    key: event.stream,
    value,
    headers: headersOf(event, `/kontor/${category}`, type ?? WITHHELD_TYPE),
    timestamp: String(recorded.recordedAt),
  };
};

/** Extension attributes have lower-case names without separators, as CloudEvents requires. */
const headersOf = (event: Published, source: string, type: string) => ({
  ce_specversion: '1.0',
  ce_id: event.id,
  ce_source: source,
  ce_type: type,
  ce_time: event.occurredAt,
  ce_subject: event.stream,
  'content-type': 'application/json',
  ce_streamrevision: String(event.revision),
  ce_position: String(event.position),
  ce_recordedtime: event.recordedAt,
  ce_channel: event.channel,
  ce_correlationid: event.correlationId,
  ...(event.causationId !== undefined && { ce_causationid: event.causationId }),
});
