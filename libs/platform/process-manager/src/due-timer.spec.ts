import { expect, it } from '@jest/globals';
import { START, StreamNotReadable } from '#event-store';
import { type Cause, DomainError, type Message } from '#kernel';
import { Deadlines, DueTimer, type DueCommand } from './due-timer.js';

const due = (orderId: string): DueCommand => ({
  command: { type: 'ExpireCheckout', data: { orderId } },
  id: orderId,
  correlationId: orderId,
});

/** The same work is due at every tick, as it is until the read models have seen what came of it. */
class Always extends Deadlines<Message> {
  ticks = 0;

  constructor(
    private readonly work: readonly DueCommand[],
    private readonly stop: () => void,
    private readonly trouble?: string,
  ) {
    super();
  }

  override clockTrouble() {
    if (this.trouble !== undefined) this.stop();
    return Promise.resolve(this.trouble);
  }

  override due() {
    if (++this.ticks === 2) this.stop();
    return Promise.resolve(this.work);
  }
}

const run = async (work: readonly DueCommand[], answer: (command: Message) => void, trouble?: string) => {
  const sent: { command: Message; cause: Cause }[] = [];
  const end = new AbortController();
  const send = (command: Message, cause: Cause) => {
    sent.push({ command, cause });
    answer(command);
    return Promise.resolve({
      stream: '',
      outcome: { revision: 0, position: START, events: [], eventIds: [], repeated: false },
    });
  };
  const timer = new DueTimer(
    new Always(work, () => end.abort(), trouble),
    { send: async (...args) => send(...args) },
    1,
  );
  await timer.run(end.signal);
  return { timer, sent };
};

it('sends the same command for the same deadline, however often it is found due', async () => {
  const { timer, sent } = await run([due('o-1'), due('o-2')], () => undefined);
  expect(sent.map(({ command }) => command.type)).toEqual(Array.from({ length: 4 }, () => 'ExpireCheckout'));
  expect(new Set(sent.map(({ cause }) => cause.commandId)).size).toBe(2);
  expect(timer).toMatchObject({ fired: 4, lastError: undefined });
});

it('sends nothing while the clock is wrong, and says why', async () => {
  const { timer, sent } = await run([due('o-1')], () => undefined, 'the clock is 90000 s ahead');
  expect(sent).toEqual([]);
  expect(timer.lastError).toBe('the clock is 90000 s ahead');
});

it('takes a refusal for an answer', async () => {
  const { timer } = await run([due('o-1')], () => {
    throw new DomainError('order-not-found', 'There is no such order');
  });
  expect(timer).toMatchObject({ fired: 0, lastError: undefined });
});

it('takes a stream that cannot be read for an answer', async () => {
  const { timer } = await run([due('o-1')], () => {
    throw new StreamNotReadable({ stream: 'order-o-1', revision: 2, reason: 'its events from there on are missing' });
  });
  expect(timer).toMatchObject({ fired: 0, lastError: undefined });
});

it('tells of anything else that goes wrong, and goes on', async () => {
  const { timer, sent } = await run([due('o-1')], () => {
    throw new Error('the store is away');
  });
  expect(timer.lastError).toContain('the store is away');
  expect(sent).toHaveLength(2);
});
