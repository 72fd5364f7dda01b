import { expect, it } from '@jest/globals';
import { OutcomeUnknown, START } from '#event-store';
import { type Message } from '#kernel';
import { type AnyProcess, type DeliveredEvent } from './process.js';
import { type AnsweredCommands, Reactor } from './reactor.js';

const begun: DeliveredEvent = {
  id: '0c1d1a3e-6b1c-4c58-8f3e-1e1f6f0c4a11',
  event: { type: 'Begun', data: {} },
  stream: 'work-1',
  correlationId: 'c',
  channel: 'web',
  occurredAt: '2030-01-01T00:00:00.000Z',
};

const sender: AnyProcess = {
  name: 'sender',
  inputs: { categories: ['work'], includes: ({ type }) => type === 'Begun' },
  instanceOf: () => '1',
  react: () => ({ state: {}, commands: ['A', 'B', 'C'].map((type) => ({ type, data: {} })) }),
};

const noRefusals = {
  codeOf: () => Promise.resolve(undefined),
  record: () => Promise.reject(new Error('nothing is refused')),
};

/** Answers each command in a later turn, but B only when it is asked a second time. */
const dispatcher = () => {
  const sent: string[] = [];
  const answered: string[] = [];
  const send = async ({ type }: Message) => {
    sent.push(type);
    await new Promise(setImmediate);
    if (type === 'C') await new Promise(setImmediate);
    if (type === 'B' && sent.filter((one) => one === 'B').length === 1) throw new OutcomeUnknown('work-1', 'no answer');
    answered.push(type);
    return {
      stream: 'work-1',
      outcome: { revision: 0, position: START, events: [], eventIds: [], repeated: false },
    };
  };
  return { sent, answered, send };
};

it('sends again only the commands that had no answer', async () => {
  const bus = dispatcher();
  const reactor = new Reactor(bus, noRefusals);
  const answered: AnsweredCommands = new Map();
  await expect(reactor.react(sender, '1', { state: undefined, delivered: begun, answered })).rejects.toThrow(
    OutcomeUnknown,
  );
  await reactor.react(sender, '1', { state: undefined, delivered: begun, answered });
  expect(bus.sent).toEqual(['A', 'B', 'C', 'B']);
});

it('waits for the commands that were sent together before it fails', async () => {
  const bus = dispatcher();
  const input = { state: undefined, delivered: begun, answered: new Map() };
  await expect(new Reactor(bus, noRefusals).react(sender, '1', input)).rejects.toThrow(OutcomeUnknown);
  expect(bus.answered).toEqual(['A', 'C']);
});

it('sends commands in the circumstances of the event, with its subject', async () => {
  const causes: object[] = [];
  const bus = dispatcher();
  const send = (command: Message, cause: object) => {
    causes.push(cause);
    return bus.send(command.type === 'B' ? { ...command, type: 'D' } : command);
  };
  const delivered = { ...begun, subject: 'customer-7' };
  await new Reactor({ send }, noRefusals).react(sender, '1', { state: undefined, delivered, answered: new Map() });
  const { id: causationId, correlationId, channel, occurredAt } = begun;
  const circumstances = {
    correlationId,
    channel,
    occurredAt,
    causationId,
    subject: 'customer-7',
    actor: 'process:sender',
  };
  expect(causes).toEqual(Array(3).fill({ ...circumstances, commandId: expect.any(String) as unknown }));
});
