import { expect } from '@jest/globals';
import { DomainError, type Cause, type Decider, type DecisionCause, type Message } from '#kernel';
import { aCause, atOnce } from './samples.js';

/** An event together with what is special about its cause, for folds that look at it. */
export class CausedEvent<Event> {
  constructor(
    readonly cause: Partial<Cause>,
    readonly event: Event,
  ) {}
}

/** `given(received(10), caused({ occurredAt: later }, reserved('r-1', 4)))` */
export const caused = <Event extends Message>(cause: Partial<Cause>, event: Event) => new CausedEvent(cause, event);

/** The cause of every event and command that a specification says nothing about. */
const ordinary = aCause({ commandId: '00000000-0000-4000-8000-000000000000' });

/**
 * Tests of a decider that read as sentences: given these events, when this command, then those.
 * Events pass through JSON before they are folded and compared, as they would in the store.
 */
export const specification =
  <State, Command extends Message, Event extends Message>({
    decide,
    evolve,
    initialState,
  }: Decider<State, Command, Event>) =>
  (...history: (Event | CausedEvent<Event>)[]) => {
    const fold = () => {
      let state = initialState();
      for (const item of history) {
        const { event, cause } = item instanceof CausedEvent ? item : { event: item, cause: {} };
        state = evolve(state, throughJson(event), { ...ordinary, ...cause });
      }
      return state;
    };
    return {
      /** The folded state, for the few tests that need to see it. */
      state: fold,
      /** Deadlines run from `cause.decidedAt`. `cause.occurredAt` alone says only that the command reports something older or later. */
      when: (command: Command, cause: Partial<DecisionCause> = {}) => {
        const outcome = () => decide(throughJson(command), fold(), { ...atOnce(ordinary), ...cause });
        return {
          then: (...events: Event[]) => expect(throughJson(outcome())).toStrictEqual(events),
          thenNothing: () => expect(outcome()).toEqual([]),
          thenFails: (code: string, details?: DomainError['details']) => {
            const refusal = thrownBy(outcome);
            expect(refusal).toBeInstanceOf(DomainError);
            expect(refusal).toMatchObject(details ? { code, details } : { code });
          },
        };
      },
    };
  };

const throughJson = <Value>(value: Value) => JSON.parse(JSON.stringify(value)) as Value;

const thrownBy = (action: () => unknown): unknown => {
  try {
    return action();
  } catch (error) {
    return error;
  }
};
