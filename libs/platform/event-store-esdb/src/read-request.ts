import { type Position, START } from '#event-store';
import { WireWriter } from '#wire';

type Write = (to: WireWriter) => void;

/** A `ReadReq` of `streams.proto`. */
const readRequest = (...parts: readonly Write[]): Buffer => {
  const to = new WireWriter();
  to.nested(1, () => {
    for (const part of parts) part(to);
    to.nested(9, () => to.nested(2)); // ids as text
  });
  return to.bytes;
};

const NO_FILTER: Write = (to) => to.nested(8);
const BACKWARDS: Write = (to) => to.number(3, 1);
const SUBSCRIPTION: Write = (to) => to.nested(6);
const count =
  (most: number): Write =>
  (to) =>
    to.number(5, most);

/** Where to begin in `$all`. */
const all =
  (where: Write): Write =>
  (to) =>
    to.nested(2, () => where(to));
const AT_START: Write = (to) => to.nested(2);
const AT_END: Write = (to) => to.nested(3);
const at =
  (position: Position): Write =>
  (to) =>
    to.nested(1, () => to.number(1, Number(position)).number(2, Number(position)));
const after = (position: Position) => all(position > START ? at(position) : AT_START);

/** A subscription says where it is every so many times 32 events that it skips: as often as it can. */
const CHECKPOINT_INTERVAL = 1;

/** Which streams of `$all`. No prefix at all would let everything through. */
const filter =
  (categories: readonly string[] | undefined): Write =>
  (to) =>
    to.nested(7, () => {
      to.nested(1, () => {
        if (!categories) to.text(1, '^[^$]');
        else if (categories.length === 0) to.text(1, '^$');
        for (const category of categories ?? []) to.text(2, `${category}-`);
      });
      to.nested(4).number(5, CHECKPOINT_INTERVAL);
    });

/** All of a stream from a revision on. */
export const streamFrom = (stream: string, revision: number): Buffer =>
  readRequest(
    (to) => to.nested(1, () => to.nested(1, () => to.text(3, stream)).number(2, revision)),
    count(Number.MAX_SAFE_INTEGER),
    NO_FILTER,
  );

/** The newest event of a stream. */
export const newestOfStream = (stream: string): Buffer =>
  readRequest(
    (to) => to.nested(1, () => to.nested(1, () => to.text(3, stream)).nested(4)),
    BACKWARDS,
    count(1),
    NO_FILTER,
  );

/** All events after a position of types that begin so, then what comes. */
export const subscriptionToTypes = (prefixes: readonly string[], position: Position): Buffer =>
  readRequest(after(position), SUBSCRIPTION, (to) =>
    to.nested(7, () => {
      to.nested(2, () => {
        for (const prefix of prefixes) to.text(2, prefix);
      });
      to.nested(4).number(5, RARELY);
    }),
  );
/** Every 1,024 events: often enough to go on from when the subscription is dropped while it catches up. */
const RARELY = 32;

/** The newest event of all. */
export const newestOfAll: Buffer = readRequest(all(AT_END), BACKWARDS, count(1), NO_FILTER);

/** The newest event before a position, whatever it is. */
export const newestBefore = (position: Position): Buffer =>
  readRequest(all(at(position)), BACKWARDS, count(1), NO_FILTER);

/** The newest event of these categories. */
export const newestOf = (categories: readonly string[]): Buffer =>
  readRequest(all(AT_END), BACKWARDS, count(1), filter(categories));

/** The first event from a position on, that one included: an event stands there when it is that one. */
export const firstFrom = (position: Position): Buffer => readRequest(all(at(position)), count(1), NO_FILTER);

/** All events of these categories from a position on, that one included. */
export const allFrom = (position: Position, categories: readonly string[]): Buffer =>
  readRequest(after(position), count(Number.MAX_SAFE_INTEGER), filter(categories));

/** All events of these categories after a position, then what comes. */
export const subscriptionAfter = (position: Position, categories: readonly string[] | undefined): Buffer =>
  readRequest(after(position), SUBSCRIPTION, filter(categories));
