import { expect, it } from '@jest/globals';
import { DeciderRunner, START, asPosition } from '#event-store';
import { order } from '#orders';
import { aRecorded, InMemoryEventStore, plainPersonalData } from '#testing';
import { type AnyProcess } from './process.js';
import { eventsOf } from './process-inputs.js';
import { ProcessRunner } from './process-runner.js';
import { ProcessStore } from './process-store.js';

class NoStore extends ProcessStore {
  override resume() {
    return Promise.resolve({ position: START, epoch: 1, instances: [], parked: [] });
  }
  override load() {
    return Promise.resolve(undefined);
  }
  override save() {
    return Promise.resolve();
  }
}

const held = { type: 'OrderHeld', data: { holdId: 'h', reason: 'odd' } };

it('sees an event that arrives just when its instance has done the one before', async () => {
  const seen: string[] = [];
  const listener: AnyProcess = {
    name: 'listener',
    inputs: eventsOf([order]).only('OrderHeld'),
    instanceOf: ({ stream }) => stream,
    react: (_, { id }) => {
      seen.push(id);
      return { state: undefined, commands: [] };
    },
  };
  const runner = new ProcessRunner([listener], new NoStore(), {
    deciders: new DeciderRunner(new InMemoryEventStore(), plainPersonalData),
    dispatcher: { send: () => Promise.reject(new Error('nothing to send')) },
    store: new InMemoryEventStore(),
    streamTypes: [order],
  });
  await runner.resume();
  let position = 0;
  for (let moments = 0; moments < 30; moments++) {
    for (const wait of [0, moments]) {
      for (let moment = 0; moment < wait; moment++) await Promise.resolve();
      position++;
      const events = [aRecorded(`order-${moments}`, held, { position: asPosition(position), revision: wait })];
      void runner.handle({ events, position: asPosition(position), caughtUp: true });
    }
    await new Promise(setImmediate);
  }
  expect(seen).toHaveLength(60);
  await runner.idle();
  await runner.save();
});
