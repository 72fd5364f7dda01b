import { randomUUID } from 'node:crypto';
import { beforeEach, expect, it } from '@jest/globals';
import { asPosition, DeciderRunner, OutcomeUnknown, type Recorded, START } from '#event-store';
import { type Cause, DomainError, type Message } from '#kernel';
import { order } from '#orders';
import { aCause, InMemoryEventStore, InMemoryProcessStore, newEvents, plainPersonalData } from '#testing';
import { type AnyProcess, type CommandRefused } from './process.js';
import { eventsOf } from './process-inputs.js';
import { ProcessRunner } from './process-runner.js';

const held: Message = { type: 'OrderHeld', data: { holdId: 'h', reason: 'odd' } };
const ORDER = 'order-o';
const REFUSALS = 'processrefusal-asker~order-o';

/** Sends Ask for each event, and Report for each refusal of Ask. */
const asker: AnyProcess = {
  name: 'asker',
  inputs: eventsOf([order]).only('OrderHeld'),
  instanceOf: ({ stream }) => stream,
  react: (state, { event }) => {
    if (event.type !== 'CommandRefused') return { state: { asked: true }, commands: [{ type: 'Ask', data: {} }] };
    const { command, code } = (event as CommandRefused<Message>).data;
    if (command.type !== 'Ask') return { state, commands: [] };
    return { state: { refusedWith: code }, commands: [{ type: 'Report', data: { code } }] };
  },
};

/** Cannot go on after a refusal. */
const stubborn: AnyProcess = {
  ...asker,
  react: (state, delivered, instance) => {
    if (delivered.event.type === 'CommandRefused') throw new Error('only a person can help');
    return asker.react(state, delivered, instance);
  },
};

const accepted = { revision: 0, position: START, events: [], eventIds: [], repeated: false };

let store: InMemoryEventStore;
let memory: InMemoryProcessStore;
let sent: Message[];
/** What becomes of a command; it is accepted if nothing is thrown. */
let answer: (command: Message, cause: Cause) => void | Promise<void>;
let deciders: ConstructorParameters<typeof ProcessRunner>[2]['deciders'];
let records: number;

beforeEach(async () => {
  store = new InMemoryEventStore();
  memory = new InMemoryProcessStore();
  sent = [];
  answer = refuse('not-now');
  records = 0;
  const runner = new DeciderRunner(store, plainPersonalData);
  deciders = {
    observe: () => undefined,
    run: (...args) => {
      records++;
      return runner.run(...args);
    },
  };
  await store.append(ORDER, -1, newEvents([held]));
});

const refuse =
  (code: string, type = 'Ask') =>
  (command: Message) => {
    if (command.type === type) throw new DomainError(code, 'No');
  };

const runnerOf = (process: AnyProcess) =>
  new ProcessRunner([process], memory, {
    deciders,
    dispatcher: {
      send: async (command, cause) => {
        sent.push(command);
        await answer(command, cause);
        return { stream: ORDER, outcome: accepted };
      },
    },
    store,
    streamTypes: [order],
    saveEveryMs: 0,
    maxAttempts: 2,
  });

/** Delivers the log from where the process was. @returns the runner, which may still be at work */
const begin = async (process: AnyProcess) => {
  const runner = runnerOf(process);
  const after = await runner.resume();
  const events: Recorded[] = [];
  for await (const recorded of store.readAll(after, ['order'])) events.push(recorded);
  const position = events.at(-1)?.position ?? after;
  await runner.handle({ events, position, caughtUp: true });
  return runner;
};

const run = async (process: AnyProcess) => {
  const runner = await begin(process);
  await runner.idle();
  await runner.save();
};

const log = async (stream: string) => {
  const all: Recorded[] = [];
  for await (const recorded of store.read(stream)) all.push(recorded);
  return all;
};

const typesSent = () => sent.map(({ type }) => type);

it('a refusal is in the log before anything follows from it', async () => {
  let logged: readonly Recorded[] = [];
  answer = async (command) => {
    refuse('not-now')(command);
    logged = await log(REFUSALS);
  };
  await run(asker);
  expect(typesSent()).toEqual(['Ask', 'Report']);
  const [cause] = await log(ORDER);
  expect(logged).toMatchObject([
    {
      event: {
        type: 'ProcessCommandRefused',
        data: { process: 'asker', instance: ORDER, command: 'Ask', code: 'not-now' },
      },
      envelope: { causationId: cause?.id, actor: 'process:asker', channel: 'web' },
    },
  ]);
});

it('nothing is recorded, and nothing read, for a command that is accepted', async () => {
  answer = () => undefined;
  await run(asker);
  expect(typesSent()).toEqual(['Ask']);
  expect(records).toBe(0);
  expect(await log(REFUSALS)).toEqual([]);
});

it('after a crash the process gets the recorded refusal, although the command would be accepted now', async () => {
  const died = new Promise<void>((resolve) => {
    answer = (command) => {
      refuse('not-now')(command);
      resolve();
      return new Promise(() => undefined); // nothing comes back from a program that has crashed
    };
  });
  await begin(asker);
  await died;
  sent = [];
  answer = () => undefined;
  await run(asker);
  expect(sent).toEqual([{ type: 'Report', data: { code: 'not-now' } }]);
  expect(await memory.load('asker', ORDER)).toMatchObject({ state: { refusedWith: 'not-now' } });
  expect(await log(REFUSALS)).toHaveLength(1);
});

it('a refusal whose record had no answer is recorded once', async () => {
  const { run: record } = deciders;
  let attempts = 0;
  deciders = {
    observe: () => undefined,
    run: async (...args) => {
      const outcome = await record(...args);
      if (++attempts === 1) throw new OutcomeUnknown(REFUSALS, 'no answer');
      return outcome;
    },
  };
  await run(asker);
  expect(attempts).toBe(2);
  expect(typesSent()).toEqual(['Ask', 'Report']);
  expect(await log(REFUSALS)).toHaveLength(1);
});

it('the same event delivered again leads to the same refusal, without the command', async () => {
  const runner = await begin(asker);
  await runner.idle();
  await store.append(ORDER, 0, newEvents([held]));
  const [first] = await log(ORDER);
  if (!first) throw new Error('The log is empty');
  answer = () => undefined;
  sent = [];
  // As an event that the process has caused itself: it comes once more by the subscription.
  const [, second] = await log(ORDER);
  const again = { ...first, position: second?.position ?? first.position };
  await runner.handle({ events: [again], position: again.position, caughtUp: true });
  await runner.idle();
  expect(sent).toEqual([{ type: 'Report', data: { code: 'not-now' } }]);
  await runner.save();
});

it('the same event delivered again after very many refusals leads to the same refusal, without the command', async () => {
  await store.append('order-own', -1, newEvents([held], aCause({ actor: 'process:asker' })));
  const [own] = await log('order-own');
  if (!own) throw new Error('The log is empty');
  const others = Array.from({ length: 10_000 }, (_, index) => ({
    ...own,
    id: randomUUID(),
    stream: `order-${index}`,
    position: asPosition(Number(own.position) + index + 1),
  }));
  const runner = runnerOf(asker);
  await runner.resume();
  await runner.handle({ events: [own], position: own.position, caughtUp: true });
  await runner.idle();
  const position = asPosition(Number(own.position) + 20_000);
  await runner.handle({ events: others, position, caughtUp: true });
  await runner.idle();
  answer = () => undefined;
  sent = [];
  const again = { ...own, position: asPosition(Number(position) + 1) };
  await runner.handle({ events: [again], position: again.position, caughtUp: true });
  await runner.idle();
  expect(sent).toEqual([{ type: 'Report', data: { code: 'not-now' } }]);
  await runner.save();
}, 60_000);

it('of two workers that got different refusals, both get the one that was recorded first', async () => {
  answer = async (command) => {
    if (command.type !== 'Ask' || sent.length > 1) return;
    answer = refuse('too-late');
    await run(asker); // the other worker, meanwhile
    throw new DomainError('not-now', 'No');
  };
  const runner = await begin(asker);
  await runner.idle();
  expect(sent.filter(({ type }) => type === 'Report')).toEqual([
    { type: 'Report', data: { code: 'too-late' } },
    { type: 'Report', data: { code: 'too-late' } },
  ]);
  expect(await log(REFUSALS)).toHaveLength(1);
  await runner.save();
});

it('a refusal at which only a person can help is no answer: the command is sent again when the instance is', async () => {
  await run(stubborn);
  expect([...memory.parked.keys()]).toEqual([`asker/${ORDER}`]);
  expect(await log(REFUSALS)).toEqual([]);
  answer = () => undefined;
  sent = [];
  await run(stubborn);
  expect(typesSent()).toEqual(['Ask']);
  expect([...memory.parked.keys()]).toEqual([]);
});

it('an instance that was parked later gets the refusals that it got before, however old they are', async () => {
  answer = (command) => {
    refuse('not-now')(command);
    throw new TypeError('broken');
  };
  const runner = await begin(asker);
  await runner.idle();
  await runner.save();
  expect([...memory.parked.keys()]).toEqual([`asker/${ORDER}`]);
  answer = () => undefined;
  await store.append('order-p', -1, newEvents([held]));
  const events = await log('order-p');
  const position = events[0]?.position ?? START;
  await runner.handle({ events, position, caughtUp: true });
  await runner.idle();
  await runner.save();
  sent = [];
  await run(asker);
  expect(sent).toEqual([{ type: 'Report', data: { code: 'not-now' } }]);
});

it('a runner goes on from a checkpoint whose event, of another application, was scavenged', async () => {
  await run(asker);
  store.appendAnything('foreign-1', { type: 'Happened', data: {} });
  const runner = runnerOf(asker);
  await runner.resume();
  await runner.handle({ events: [], position: await store.head(), caughtUp: true });
  await runner.save();
  store.appendAnything('foreign-1', { type: 'Happened', data: {} });
  store.setMetadata('foreign-1', { $maxCount: 1 });
  store.scavenge();
  await store.append('order-p', -1, newEvents([held]));
  sent = [];
  await run(asker);
  expect(typesSent()).toEqual(['Ask', 'Report']);
});
