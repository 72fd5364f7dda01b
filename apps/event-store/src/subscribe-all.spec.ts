import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { typeOf } from './frames.js';
import { type Call } from './grpc.js';
import { Live } from './live.js';
import { Log, systemEvent } from './log.js';
import { Storage } from './storage.js';
import { subscribeToAll } from './subscribe-all.js';
import { WireReader } from '#wire';

/** A client that takes what it is sent, or not. */
class FakeCall {
  blocked = false;
  readonly closed = false;
  sent: string[] = [];
  #resume: () => void = () => undefined;

  send(frames: Buffer): void {
    for (let at = 0; at < frames.length;) {
      const end = at + 5 + frames.readUInt32BE(at + 1);
      const isEvent = new WireReader(frames, at + 5).varint() === 0x0a;
      if (isEvent) this.sent.push(typeOf(frames.subarray(at, end)));
      at = end;
    }
  }

  drained(): Promise<void> {
    return this.blocked ? new Promise((resolve) => (this.#resume = resolve)) : Promise.resolve();
  }

  take(): void {
    this.blocked = false;
    this.#resume();
  }

  whenClosed(): void {
    // stays open
  }
}

async function subscribed() {
  const log = new Log(new Storage());
  const live = new Live();
  const call = new FakeCall();
  const append = (type: string, stream = 's') => {
    log.append(log.heads.get(stream), [systemEvent(type, '{}')]);
    live.publish(log.commit());
  };
  const options = { stream: undefined, from: 'start' as const, backwards: false, resolveLinks: false };
  append('a');
  await subscribeToAll({
    call: call as unknown as Call,
    log,
    live,
    options: { ...options, filter: undefined, count: undefined },
  });
  return { call, append };
}

test('a client that keeps up gets each event as it is committed', async () => {
  const { call, append } = await subscribed();
  append('b');
  append('c');
  expect(call.sent).toEqual(['a', 'b', 'c']);
});

test('a client that does not keep up is sent nothing until it does, and then all', async () => {
  const { call, append } = await subscribed();
  call.blocked = true;
  append('b');
  append('c');
  await nextTurn();
  expect(call.sent).toEqual(['a']);
  call.take();
  await nextTurn();
  await nextTurn();
  append('d');
  await nextTurn();
  await nextTurn();
  expect(call.sent).toEqual(['a', 'b', 'c', 'd']);
});

test('streams that are hidden are left out, live and behind', async () => {
  const { call, append } = await subscribed();
  append('hidden', '$epoch-information');
  append('b');
  call.blocked = true;
  append('hidden', '$epoch-information');
  append('c');
  call.take();
  for (let turn = 0; turn < 5; turn++) await nextTurn();
  expect(call.sent).toEqual(['a', 'b', 'c']);
});
