import { beforeEach, describe, expect, it } from '@jest/globals';
import { asPosition, type Recorded, type Routes, START } from '#event-store';
import { eventId, type Message, processCommandId, uuidv5 } from '#kernel';
import { order } from '#orders';
import { aCause, aRecorded, InMemoryEventStore, InMemoryProcessStore, newEvents } from '#testing';
import { foldProcesses, type FoldOptions } from './fold-processes.js';
import { deliveredEvent } from './instance-queues.js';
import { type AnyProcess } from './process.js';
import { eventsOf } from './process-inputs.js';
import { RecordedAnswers } from './recorded-answers.js';
import { processRefusals } from './refusal-stream.js';

const ORDER = 'order-o';
const held = (holdId: string): Message => ({ type: 'OrderHeld', data: { holdId, reason: 'odd' } });
const released: Message = { type: 'OrderHoldReleased', data: { holdId: 'h' } };

interface Counts {
  readonly held: number;
  readonly refused: readonly string[];
}

/** Counts holds and refusals; asks for each hold to be released. */
const counter: AnyProcess = {
  name: 'counter',
  inputs: eventsOf([order]).only('OrderHeld'),
  instanceOf: ({ stream }) => stream,
  react: (state, { event }) => {
    const { held: count, refused } = (state ?? { held: 0, refused: [] }) as Counts;
    if (event.type === 'CommandRefused') {
      const { code } = event.data as { readonly code: string };
      return { state: { held: count, refused: [...refused, code] }, commands: [] };
    }
    return { state: { held: count + 1, refused }, commands: [{ type: 'Release', data: {} }] };
  },
};

const route = { stream: () => ORDER, message: () => ({}) };
const routes: Routes<Message> = { Release: route };

let store: InMemoryEventStore;

beforeEach(() => {
  store = new InMemoryEventStore();
});

const log = async (stream: string) => {
  const all: Recorded[] = [];
  for await (const recorded of store.read(stream)) all.push(recorded);
  return all;
};

/** @returns the event as it is recorded */
const append = async (event: Message, cause = aCause(), stream = ORDER): Promise<Recorded> => {
  const revision = (await log(stream)).length - 1;
  await store.append(stream, revision, newEvents([event], cause));
  const recorded = (await log(stream)).at(-1);
  if (!recorded) throw new Error(`${stream} is empty`);
  return recorded;
};

const commandOf = ({ id }: Recorded) => processCommandId('counter', id, 0);
const causeOf = (recorded: Recorded) =>
  aCause({ commandId: commandOf(recorded), causationId: recorded.id, actor: 'process:counter' });
const answer = (recorded: Recorded) => append(released, causeOf(recorded));

const refuse = (recorded: Recorded, instance = ORDER) => {
  const data = { process: 'counter', instance, commandId: commandOf(recorded), command: 'Release', code: 'no' };
  const cause = { ...causeOf(recorded), commandId: uuidv5(commandOf(recorded), 'refusal') };
  return append({ type: 'ProcessCommandRefused', data }, cause, `processrefusal-counter~${instance}`);
};

const fold = async (live: FoldOptions<Message>['live'] = { position: START, parked: [] }) => {
  const staging = new InMemoryProcessStore();
  const streamTypes = [order, processRefusals];
  const { position } = await foldProcesses([counter], staging, { store, streamTypes, routes, live });
  return { position, rows: staging.rows, parked: [...staging.parked.values()] };
};

const row = (recorded: Recorded, state: Counts) => ({
  process: 'counter',
  instance: ORDER,
  state,
  position: recorded.position,
});

const waitingAt = ({ position, revision }: Recorded, ...later: readonly Recorded[]) => ({
  process: 'counter',
  instance: ORDER,
  stream: ORDER,
  position,
  revision,
  error: 'NotAnswered: Release has no answer in the log: it is sent again',
  held: later.map((one) => ({ stream: ORDER, revision: one.revision, position: one.position })),
});

describe('states that are lost', () => {
  it('are folded up to the end of the log', async () => {
    const first = await append(held('1'));
    const last = await answer(first);
    expect(await fold()).toEqual({
      position: last.position,
      rows: [row(first, { held: 1, refused: [] })],
      parked: [],
    });
  });

  it('know the refusals that are recorded', async () => {
    const first = await append(held('1'));
    await refuse(first);
    expect(await fold()).toMatchObject({ rows: [row(first, { held: 1, refused: ['no'] })], parked: [] });
  });

  it('wait at the first command that has no answer, which the worker sends again', async () => {
    const first = await append(held('1'));
    await answer(first);
    const open = await append(held('2'));
    const later = await append(held('3'));
    expect(await fold()).toMatchObject({
      rows: [row(first, { held: 1, refused: [] })],
      parked: [waitingAt(open, later)],
    });
  });

  describe('of an instance that has advanced without an answer', () => {
    const appendTwo = async () => {
      const first = await append(held('1'));
      const second = await append(held('2'));
      await answer(second);
      return { first, second };
    };

    it('do not wait: the command was carried out without events', async () => {
      await refuse(await append(held('other'), aCause(), 'order-p'), 'order-p');
      const { second } = await appendTwo();
      const { rows, parked } = await fold();
      expect(rows).toContainEqual(row(second, { held: 2, refused: [] }));
      expect(parked).toEqual([]);
    });

    it('wait if refusals may not have been recorded at that time: the command is sent again, and may be refused again', async () => {
      const { first, second } = await appendTwo();
      await refuse(await append(held('other'), aCause(), 'order-p'), 'order-p');
      expect((await fold()).parked).toMatchObject([waitingAt(first, second)]);
    });
  });
});

describe('states whose checkpoint is known', () => {
  it('wait for nothing: up to there every command was carried out', async () => {
    const first = await append(held('1'));
    await append(held('2'));
    const { position } = first;
    expect(await fold({ position, parked: [] })).toEqual({
      position,
      rows: [row(first, { held: 1, refused: [] })],
      parked: [],
    });
  });

  it('wait where the live instance is parked', async () => {
    const first = await append(held('1'));
    const second = await append(held('2'));
    const third = await append(held('3'));
    const parked = [{ ...waitingAt(second, third), error: 'broken' }];
    expect(await fold({ position: third.position, parked })).toMatchObject({
      rows: [row(first, { held: 1, refused: [] })],
      parked: [waitingAt(second, third)],
    });
  });
});

describe('the answer to a command', () => {
  const cause = aCause({ causationId: eventId(aCause().commandId, 0), actor: 'process:counter' });
  const events = [0, 1].map((revision) =>
    aRecorded(ORDER, held(String(revision)), { cause, revision, position: asPosition(revision + 1) }),
  );
  const live = { position: START, parked: [] };

  it('is all events of the command, wherever a batch ends', async () => {
    const answers = new RecordedAnswers(routes, live);
    answers.indexAnswers(events);
    const answered = answers.send({ type: 'Release', data: {} }, cause);
    answers.add(events.slice(0, 1));
    answers.add(events.slice(1));
    answers.add([aRecorded('order-p', held('other'))]);
    expect((await answered).outcome).toMatchObject({ events: events.map(({ event }) => event), repeated: true });
  });

  it('may be a result under an id of its own', async () => {
    const answers = new RecordedAnswers({ Call: { ...route, recordsResultsIn: 'order' } }, live);
    answers.add(events);
    answers.end();
    const sent = { ...cause, commandId: eventId(cause.commandId, 7) };
    expect((await answers.send({ type: 'Call', data: {} }, sent)).outcome.eventIds).toEqual(events.map(({ id }) => id));
  });

  it('is nothing as soon as it is asked for, if the whole log has none and the state of its instance is known', async () => {
    const answers = new RecordedAnswers(routes, { position: asPosition(9), parked: [] });
    answers.indexAnswers(events);
    expect(
      (await answers.send({ type: 'Release', data: {} }, { ...cause, commandId: 'other' })).outcome.events,
    ).toEqual([]);
  });

  it('is nothing as soon as a later event of the same instance has led to an answer', async () => {
    const answers = new RecordedAnswers(routes, live);
    const [first, second] = [await append(held('1')), await append(held('2'))];
    const later = await answer(second);
    answers.indexAnswers([later]);
    const [watched] = answers.unansweredCommands.watch([counter]);
    answers.unansweredCommands.read([{ ...later, stream: `${processRefusals.category}-any` }]); // refusals are recorded from here on
    watched?.instanceOf(deliveredEvent(first));
    watched?.instanceOf(deliveredEvent(second));
    watched?.react(undefined, deliveredEvent(first), ORDER);
    const answered = answers.send({ type: 'Release', data: {} }, causeOf(first));
    answers.add([later, first]);
    expect((await answered).outcome.events).toEqual([]);
  });

  it('is no longer kept in memory once it was delivered, and neither is a refused command', async () => {
    const answers = new RecordedAnswers(routes, live);
    const [first, second] = [await append(held('1')), await append(held('2'))];
    const [accepted, refused] = [await answer(first), await refuse(second)];
    answers.indexAnswers([accepted, refused]);
    const [watched] = answers.unansweredCommands.watch([counter]);
    for (const one of [first, second]) watched?.react(undefined, deliveredEvent(one), ORDER);
    expect(answers.size).toBe(2);
    answers.add([accepted, refused]);
    answers.end();
    await answers.send({ type: 'Release', data: {} }, causeOf(first));
    const event = { type: 'CommandRefused', data: { command: { type: 'Release', data: {} }, code: 'no' } };
    watched?.react(undefined, { ...deliveredEvent(second), id: commandOf(second), event }, ORDER);
    expect(answers.size).toBe(0);
  });
});
