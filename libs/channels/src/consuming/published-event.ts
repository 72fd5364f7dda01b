import { type Position, asPosition } from '#event-store';
import { type KafkaRecord } from '#kafka-publisher';

/** An event as channel adapters see it: what is published, whether it came by Kafka or straight from the log. */
export interface PublishedEvent {
  readonly id: string;
  /** `com.kontor.order.placed.v1` */
  readonly type: string;
  readonly stream: string;
  /** 0, 1, 2 … in its stream, without a gap. */
  readonly revision: number;
  /** Place in the whole log. */
  readonly position: Position;
  /** By which channel it came. */
  readonly channel: string;
  readonly correlationId: string;
  /** ISO 8601: when it happened in the business, and when the log recorded it. */
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event that is not the product's, or that only newer code knows. */
export interface Unreadable {
  readonly stream: string;
  readonly revision: number;
  /** Why. */
  readonly unreadable: string;
}

/** Something happened, and its content is nobody's business: it counts, and is handed to no one. */
export const WITHHELD_TYPE = 'com.kontor.withheld.v1';

/** @throws Error for a record that the relay cannot have written */
export const eventOf = ({ key, value, headers }: Pick<KafkaRecord, 'key' | 'value' | 'headers'>): PublishedEvent => {
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
