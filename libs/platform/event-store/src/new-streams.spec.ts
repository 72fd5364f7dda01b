import { type Position, asPosition } from './position.js';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { DomainError, type Message } from '#kernel';
import { aCause, InMemoryEventStore, plainPersonalData } from '#testing';
import { CommandIdReused, DeciderRunner, type EventStore, OutcomeUnknown, type StreamType } from './index.js';
import { KnownLogHead } from './known-log-head.js';

type Command = Message<'Open' | 'Close', { by: string }>;
type Event = Message<'Opened' | 'Closed', { by: string }>;

const boxes: StreamType<{ open: boolean }, Command, Event> = {
  category: 'box',
  events: { Opened: { version: 1 }, Closed: { version: 1 } },
  creates: ['Open'],
  decider: {
    initialState: () => ({ open: false }),
    decide: ({ type, data }, { open }) => {
      if (type === 'Open' && open) throw new DomainError('open-already', 'It is open');
      return [{ type: type === 'Open' ? 'Opened' : 'Closed', data }];
    },
    evolve: (_, { type }) => ({ open: type === 'Opened' }),
  },
};

let store: InMemoryEventStore;
let runner: DeciderRunner;

const restarted = () => new DeciderRunner(store, plainPersonalData);
const open = (by: string): Command => ({ type: 'Open', data: { by } });
const send = (command: Command, cause = aCause(), on = runner) => on.run(boxes, '1', command, cause);

beforeEach(() => {
  store = new InMemoryEventStore();
  runner = restarted();
});

describe('a command that creates a stream', () => {
  it('is carried out without reading', async () => {
    expect(await send(open('Ada'))).toMatchObject({ revision: 0, repeated: false });
    expect(store.reads).toBe(0);
  });

  it('leaves its stream in memory where the runner goes on with it', async () => {
    runner = new DeciderRunner(store, plainPersonalData, undefined, { keepsNewStreams: true });
    await send(open('Ada'));
    expect(await send({ type: 'Close', data: { by: 'Ada' } })).toMatchObject({ revision: 1 });
    expect(store.reads).toBe(0);
  });

  for (const [where, again] of [
    ['the same process', () => runner],
    ['another process', restarted],
  ] as const) {
    it(`is answered as it was then when it comes again, by ${where}, whatever would be decided now`, async () => {
      const cause = aCause();
      await send(open('Ada'), cause);
      const repeat = await send(open('Bob'), cause, again());
      expect(repeat).toMatchObject({ repeated: true, events: [{ type: 'Opened', data: { by: 'Ada' } }] });
      expect(store.events).toHaveLength(1);
    });

    it(`is refused with another body, by ${where}`, async () => {
      const cause = aCause({ fingerprint: 'one' });
      await send(open('Ada'), cause);
      const other = send(open('Ada'), { ...cause, fingerprint: 'two' }, again());
      await expect(other).rejects.toBeInstanceOf(CommandIdReused);
    });

    it(`is decided on what is there when there is something after all, by ${where}`, async () => {
      await send(open('Ada'));
      await expect(send(open('Ben'), aCause(), again())).rejects.toMatchObject({ code: 'open-already' });
      await send({ type: 'Close', data: { by: 'Ada' } });
      expect(await send(open('Ben'), aCause(), again())).toMatchObject({ revision: 2, repeated: false });
    });
  }

  it('has one effect when it comes twice at once', async () => {
    const cause = aCause();
    const answers = await Promise.all([send(open('Ada'), cause), send(open('Ada'), cause)]);
    expect(answers.map(({ repeated }) => repeated).toSorted()).toEqual([false, true]);
    expect(store.events).toHaveLength(1);
  });

  it('is found out when its first answer was lost', async () => {
    store.faults.set(1, 'after');
    expect(await send(open('Ada'))).toMatchObject({ revision: 0 });
    expect(store.events).toHaveLength(1);
  });

  it('is answered as it was then after nobody had answered', async () => {
    const impatient = new DeciderRunner(store, plainPersonalData, undefined, { retryForMs: -1 });
    await send({ type: 'Close', data: { by: 'Eve' } }, aCause(), impatient);
    const cause = aCause();
    store.faults.set(2, 'after');
    await expect(impatient.run(boxes, '2', open('Ada'), cause)).rejects.toThrow(OutcomeUnknown);
    const repeat = await impatient.run(boxes, '2', open('Bob'), cause);
    expect(repeat).toMatchObject({ repeated: true, events: [{ type: 'Opened', data: { by: 'Ada' } }] });
  });

  it('is answered as it was then by a process that had observed the log meanwhile', async () => {
    const other = restarted();
    await other.run(boxes, '0', open('Eve'), aCause());
    const cause = aCause();
    await send(open('Ada'), cause);
    for (const recorded of store.events.slice(1))
      other.observe(boxes, { ...recorded, stream: 'box-unrelated', revision: 9 });
    expect(await send(open('Bob'), cause, other)).toMatchObject({ repeated: true });
  });

  it('leaves nothing behind in memory: there are as many such streams as orders', async () => {
    for (const id of ['1', '2', '3']) await runner.run(boxes, id, open('Ada'), aCause());
    await new Promise(setImmediate);
    expect((runner as unknown as { executors: { readonly size: number } }).executors.size).toBe(0);
  });
});

describe('the known head of the log', () => {
  /** The store's answers to the question where the log ends, when the spec wants them. */
  const asked = () => {
    const answers: ((position: Position) => void)[] = [];
    const head = () => new Promise<Position>((resolve) => answers.push(resolve));
    return { answers, knownLogHead: new KnownLogHead({ head } as unknown as EventStore) };
  };

  it('never comes closer when an old answer arrives late', async () => {
    const { answers, knownLogHead } = asked();
    const both = [knownLogHead.current(), knownLogHead.current()];
    answers[0]?.(asPosition(5));
    await both[0];
    knownLogHead.moveTo(asPosition(9));
    answers[1]?.(asPosition(6));
    expect(await both[1]).toBe(9);
    expect(await knownLogHead.current()).toBe(9);
  });

  it('knows what was observed while it was being read', async () => {
    const { answers, knownLogHead } = asked();
    const first = knownLogHead.current();
    knownLogHead.moveTo(asPosition(9));
    answers[0]?.(asPosition(5));
    expect(await first).toBe(9);
  });

  it('is asked for again when a doubt came before the answer', async () => {
    const { answers, knownLogHead } = asked();
    const first = knownLogHead.current();
    knownLogHead.invalidate();
    answers[0]?.(asPosition(5));
    await first;
    const again = knownLogHead.current();
    answers[1]?.(asPosition(7));
    expect(await again).toBe(7);
  });
});
