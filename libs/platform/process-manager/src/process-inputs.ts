import { type AnyStreamType } from '#event-store';
import { type Cause, type Message } from '#kernel';

/** The events that a process reacts to. */
export interface ProcessInputs<Event extends Message> {
  /** Of the streams that are subscribed to. */
  readonly categories: readonly string[];
  readonly includes: (event: Message) => event is Event;
}

/** The inputs of any process. */
export interface AnyInputs {
  readonly categories: readonly string[];
  includes(event: Message): boolean;
}

/** The events that a process with such inputs reacts to. */
export type InputOf<Inputs> = Inputs extends ProcessInputs<infer Event> ? Event : never;

type EventOf<Type extends AnyStreamType> = Type extends {
  readonly decider: { readonly evolve: (state: never, event: infer Event extends Message, cause: Cause) => unknown };
}
  ? Event
  : never;

interface Choice<Event extends Message> {
  /**
   * Every event but those that the process ignores. What is left has to be handled: an event that is added to a stream
   * later does not compile until each process that follows the stream handles it or names it here.
   */
  readonly except: <Ignored extends Event['type']>(
    ...ignored: readonly Ignored[]
  ) => ProcessInputs<Exclude<Event, { type: Ignored }>>;
  /** For a policy, which is named after the events that it reacts to, and for streams that only answer a process. */
  readonly only: <Named extends Event['type']>(
    ...named: readonly Named[]
  ) => ProcessInputs<Extract<Event, { type: Named }>>;
}

/** The inputs of a process that follows some streams, and only waits for named events of others. */
export const joinInputs = <All extends readonly AnyInputs[]>(...all: All): ProcessInputs<InputOf<All[number]>> => ({
  categories: all.flatMap(({ categories }) => categories),
  includes: (event): event is InputOf<All[number]> => all.some((one) => one.includes(event)),
});

/**
 * Inputs of a process that follows streams.
 * @param answering streams that only answer its commands: the events that they record for these are inputs, too
 */
export const eventsOf = <Followed extends AnyStreamType, Answering extends AnyStreamType = never>(
  followed: readonly Followed[],
  answering: readonly Answering[] = [],
): Choice<EventOf<Followed | Answering>> => {
  const categories = followed.map(({ category }) => category);
  const all = [...followed, ...answering].flatMap(({ events }) => Object.keys(events));
  const inputs = <Event extends Message>(types: ReadonlySet<string>): ProcessInputs<Event> => ({
    categories,
    includes: (event): event is Event => types.has(event.type),
  });
  return {
    except: (...ignored) => inputs(new Set(all).difference(new Set<string>(ignored))),
    only: (...named) => inputs(new Set(named)),
  };
};
