import { asPosition, type Position } from '#event-store';
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

/** @throws Error for a record that Kontor's publisher cannot have written */
export const publishedEventOf = ({
  key,
  value,
  headers,
}: Pick<KafkaRecord, 'key' | 'value' | 'headers'>): PublishedEvent => {
  const header = (name: string) => {
    const { [name]: text } = headers;
    if (text === undefined) throw new Error(`${key}: the header ${name} is missing`);
    return text;
  };
  return {
    id: header('ce_id'),
    type: header('ce_type'),
    stream: key,
    revision: Number(header('ce_streamrevision')),
    position: asPosition(Number(header('ce_position'))),
    channel: header('ce_channel'),
    correlationId: header('ce_correlationid'),
    occurredAt: header('ce_time'),
    recordedAt: header('ce_recordedtime'),
    data: JSON.parse(value) as PublishedEvent['data'],
  };
};
