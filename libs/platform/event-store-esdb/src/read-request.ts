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

/** A read of `$all` from a place on. */
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

/** In units of 32 events, the smallest that there is: how many events a subscription skips between two checkpoints. */
const CHECKPOINT_INTERVAL = 1;

/** Lets through the streams of some categories, or all that are not the system's. An empty list of prefixes would let through everything. */
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

/** All events of a stream from a revision on. */
export const readStreamFrom = (stream: string, revision: number): Buffer =>
  readRequest(
    (to) => to.nested(1, () => to.nested(1, () => to.text(3, stream)).number(2, revision)),
    count(Number.MAX_SAFE_INTEGER),
    NO_FILTER,
  );

/** The newest event of a stream. */
export const readNewestOfStream = (stream: string): Buffer =>
  readRequest(
    (to) => to.nested(1, () => to.nested(1, () => to.text(3, stream)).nested(4)),
    BACKWARDS,
    count(1),
    NO_FILTER,
  );

/** All events after a position whose types begin with one of the prefixes, then those to come. */
export const subscribeToTypes = (prefixes: readonly string[], position: Position): Buffer =>
  readRequest(after(position), SUBSCRIPTION, (to) =>
    to.nested(7, () => {
      to.nested(2, () => {
        for (const prefix of prefixes) to.text(2, prefix);
      });
      to.nested(4).number(5, RARE_CHECKPOINTS);
    }),
  );
/** Every 1,024 events: often enough to go on from when the subscription is dropped while it catches up. */
const RARE_CHECKPOINTS = 32;

/** The newest event of all. */
export const readNewestOfAll: Buffer = readRequest(all(AT_END), BACKWARDS, count(1), NO_FILTER);

/** The newest event before a position, of any stream. */
export const readNewestBefore = (position: Position): Buffer =>
  readRequest(all(at(position)), BACKWARDS, count(1), NO_FILTER);

/** The newest event of these categories. */
export const readNewestOf = (categories: readonly string[]): Buffer =>
  readRequest(all(AT_END), BACKWARDS, count(1), filter(categories));

/** The first event at or after a position. */
export const readFirstFrom = (position: Position): Buffer => readRequest(all(at(position)), count(1), NO_FILTER);

/** All events of these categories at or after a position. */
export const readAllFrom = (position: Position, categories: readonly string[]): Buffer =>
  readRequest(after(position), count(Number.MAX_SAFE_INTEGER), filter(categories));

/** All events of these categories after a position, then those to come. */
export const subscribeAfter = (position: Position, categories: readonly string[] | undefined): Buffer =>
  readRequest(after(position), SUBSCRIPTION, filter(categories));
