import { personalPaths } from '#kernel';
import { recognizeEvent, type Position, type Recorded } from '#event-store';
import { eventDefinitions, eventsOf } from './streams.js';

/** An event as others may see it: of today's version, and without its personal fields. */
export interface Published {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
  readonly data: object;
  readonly channel: string;
  readonly correlationId: string;
  readonly causationId: string | undefined;
  readonly occurredAt: string;
  readonly recordedAt: string;
}

type Plain = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Plain => typeof value === 'object' && value !== null;

const drop = (value: unknown, [name = '', ...rest]: readonly string[]): unknown => {
  if (Array.isArray(value)) return value.map((item) => drop(item, [name, ...rest]));
  if (!isObject(value)) return value;
  const { [name]: found, ...others } = value;
  if (found === undefined || rest.length === 0) return others;
  return { ...others, [name]: drop(found, rest) };
};

/** Data without what lies at dotted paths, in every item where a list is on the way. */
export const without = (data: object, paths: readonly string[]): object =>
  paths.reduce<object>((left, path) => drop(left, path.split('.')) as object, data);

/** @throws StreamNotReadable for an event that is not one of the product's, or that only newer code knows */
export const published = (recorded: Recorded): Published => {
  const { event, envelope, ...at } = recognizeEvent(recorded, eventsOf(recorded.stream));
  const { type, data } = event;
  return {
    id: at.id,
    type,
    stream: at.stream,
    revision: at.revision,
    position: at.position,
    data: without(data, personalPaths(eventDefinitions[type] ?? {})),
    channel: envelope.channel,
    correlationId: envelope.correlationId,
    causationId: envelope.causationId,
    occurredAt: envelope.occurredAt,
    recordedAt: new Date(at.recordedAt).toISOString(),
  };
};
