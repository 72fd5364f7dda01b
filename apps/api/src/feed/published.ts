import { eventDefinitions } from '#catalogue';
import { type Recorded } from '#event-store';
import { upcast } from '#kernel';

/** An event as others may see it: of today's version, and without its personal fields. */
export interface Published {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly data: object;
  readonly channel: string;
  readonly correlationId: string;
  readonly causationId: string | undefined;
  readonly occurredAt: string;
  readonly recordedAt: string;
}

/** Who may see the events of a category. */
interface Openness {
  /** What a key needs. */
  readonly scope: string;
  /** A channel sees only what is its own. */
  readonly owned: boolean;
}

export const kinds: Readonly<Record<string, Openness>> = {
  stock: { scope: 'stock:read', owned: false },
  order: { scope: 'orders:read', owned: true },
  return: { scope: 'orders:read', owned: true },
  ledger: { scope: 'orders:read', owned: true },
  giftcard: { scope: 'vouchers:write', owned: true },
  voucher: { scope: 'vouchers:write', owned: true },
  fulfillment: { scope: 'fulfillment:read', owned: false },
  customer: { scope: 'customers:read', owned: true },
  location: { scope: 'network:read', owned: false },
  channel: { scope: 'network:read', owned: true },
};

type Plain = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Plain => typeof value === 'object' && value !== null;

/** Without the value at a path, in every item where a list is on the way. */
const without = (value: unknown, [name = '', ...rest]: readonly string[]): unknown => {
  if (Array.isArray(value)) return value.map((item) => without(item, [name, ...rest]));
  if (!isObject(value)) return value;
  const { [name]: found, ...others } = value;
  if (found === undefined || rest.length === 0) return others;
  return { ...others, [name]: without(found, rest) };
};

/** What tells another channel whose order or cart it was. */
const WHOSE = ['owner', 'reservationId', 'affectedReservations'];

/** The same event for a channel that had no part in it: what happened, but not for whom. */
export const anonymous = (event: Published): Published => ({
  ...event,
  data: WHOSE.reduce<object>((left, name) => without(left, [name]) as object, event.data),
  correlationId: '',
  causationId: undefined,
});

/** @throws UnknownEvent for an event that only newer code knows */
export const published = ({ event, envelope, ...at }: Recorded): Published => {
  const { type, data } = upcast(eventDefinitions, event, Number(envelope.schema));
  const personal = eventDefinitions[type]?.personal ?? [];
  return {
    id: at.id,
    type,
    stream: at.stream,
    revision: at.revision,
    position: at.position,
    data: personal.reduce<object>((left, path) => without(left, path.split('.')) as object, data),
    channel: envelope.channel,
    correlationId: envelope.correlationId,
    causationId: envelope.causationId,
    occurredAt: envelope.occurredAt,
    recordedAt: new Date(at.recordedAt).toISOString(),
  };
};
