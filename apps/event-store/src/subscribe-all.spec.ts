import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { type Filter } from './filter.js';
import { typeOf } from './event-frames.js';
import { type Call } from './grpc-call.js';
import { RecentCommits } from './recent-commits.js';
import { Log } from './log.js';
import { systemEvent } from './proposed-event.js';
import { type AllReadOptions } from './read-options.js';
import { type ServerVersion } from './read-context.js';
import { Storage } from './storage.js';
import { subscribeToAll } from './subscribe-all.js';
import { WireReader } from '#wire';

/** A client that takes what it is sent, or not. */
class FakeCall {
  blocked = false;
  readonly closed = false;
  sent: string[] = [];
  ended: string | undefined;
  window = 65_535;
  #resume: () => void = () => undefined;
  #onSent: () => void = () => undefined;

  get isEmpty(): boolean {
    return !this.blocked;
  }

  send(frames: Buffer): void {
    for (let at = 0; at < frames.length;) {
      const end = at + 5 + frames.readUInt32BE(at + 1);
      const kind = new WireReader(frames, at + 5).varint() >> 3;
      if (kind === EVENT) this.sent.push(typeOf(frames.subarray(at, end)));
      else if (kind !== CONFIRMATION) this.sent.push(KINDS.get(kind) ?? '?');
      at = end;
    }
  }

  finish(error: Error): void {
    this.ended = error.message;
  }

  drained(): Promise<void> {
    return this.blocked ? new Promise((resolve) => (this.#resume = resolve)) : Promise.resolve();
  }

  emptied(): Promise<void> {
    return this.drained();
  }

  whenSent(callback: () => void): void {
    this.#onSent = callback;
  }

  /** Reads nothing: what is sent from now on stays where it is. */
  stop(): void {
    this.blocked = true;
    this.window = 0;
  }

  take(): void {
    this.blocked = false;
    this.window = 65_535;
    this.#onSent();
    this.#resume();
  }

  whenClosed(): void {
    // stays open
  }
}

const EVENT = 1;
const CONFIRMATION = 2;
const KINDS = new Map([
  [3, 'checkpoint'],
  [8, 'UP'],
  [9, 'BEHIND'],
]);

interface Given {
  before?: string[];
  like?: ServerVersion;
  filter?: Filter;
}

async function subscribed({ before = ['a'], like = '23.10', filter }: Given = {}) {
  const log = new Log(new Storage());
  const recentCommits = new RecentCommits();
  const call = new FakeCall();
  const append = (...types: string[]) => {
    log.append(
      log.heads.get('s'),
      types.map((type) => systemEvent(type, '{}')),
    );
    recentCommits.publish(log.commit());
  };
  const hidden = () => {
    log.append(log.heads.get('$epoch-information'), [systemEvent('hidden', '{}')]);
    recentCommits.publish(log.commit());
  };
  if (before.length > 0) append(...before);
  const options: AllReadOptions = {
    stream: undefined,
    from: 'start',
    backwards: false,
    resolveLinks: false,
    ids: 'string',
    compatibility: 0,
    filter,
    count: undefined,
  };
  await subscribeToAll({ call: call as unknown as Call, log, recentCommits, like, options }, options);
  return { call, append, hidden };
}

const many = (count: number, type = 'x') => Array.from({ length: count }, () => type);

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn();
}

test('a client that keeps up gets each event as it is committed', async () => {
  const { call, append } = await subscribed();
  append('b');
  append('c');
  expect(call.sent).toEqual(['a', 'UP', 'b', 'c']);
});

test('a client that is a little behind gets the rest when it takes it', async () => {
  const { call, append } = await subscribed();
  call.stop();
  append('b');
  append('c');
  expect(call.sent).toEqual(['a', 'UP']);
  call.take();
  append('d');
  expect(call.sent).toEqual(['a', 'UP', 'b', 'c', 'd']);
});

test('a client with 64 events waiting goes on; with one more it is dropped and still gets 32', async () => {
  const { call, append } = await subscribed({ before: [] });
  call.stop();
  append(...many(64));
  expect(call.ended).toBeUndefined();
  append('y');
  expect(call.ended).toMatch(/^Operation timed out: Consumer too slow/);
  expect(call.sent).toEqual(['UP', ...many(32)]);
});

test('EventStoreDB 24.2 lets it catch up instead', async () => {
  const { call, append } = await subscribed({ before: [], like: '24.2' });
  call.stop();
  append(...many(65));
  call.take();
  await turns(3);
  append('z');
  expect(call.ended).toBeUndefined();
  expect(call.sent).toEqual(['UP', 'BEHIND', ...many(65), 'UP', 'z']);
});

test('an append that is larger than the window and 64 events drops even a client that takes all', async () => {
  const { call, append } = await subscribed({ before: [] });
  append(...many(2_000));
  expect(call.ended).toMatch(/Consumer too slow/);
});

test('streams that are hidden are left out, live and behind', async () => {
  const { call, append, hidden } = await subscribed({ like: '24.2' });
  hidden();
  append('b');
  call.stop();
  append(...many(65));
  hidden();
  append('c');
  call.take();
  await turns(5);
  expect(call.sent.filter((sent) => sent !== 'x')).toEqual(['a', 'UP', 'b', 'BEHIND', 'c', 'UP']);
});

describe('a filtered subscription gets the checkpoints of EventStoreDB', () => {
  const filter = (multiplier: number): Filter => ({
    matches: (frame) => typeOf(frame) === 'hit',
    window: 32,
    checkpointInterval: 32 * multiplier,
  });

  test.each([
    ['nothing matches, an interval of a page', many(101), 1, [...many(3, 'checkpoint'), 'UP']],
    ['nothing matches, a long interval', many(101), 32, ['UP']],
    ['40 match, then 40 others', [...many(40, 'hit'), ...many(40)], 32, [...many(40, 'hit'), 'UP']],
    ['a last page that is full', many(64), 1, [...many(2, 'checkpoint'), 'UP']],
  ])('behind: %s', async (_, before, multiplier, sent) => {
    expect((await subscribed({ before, filter: filter(multiplier) })).call.sent).toEqual(sent);
  });

  test('live: after an interval of events, never in silence', async () => {
    const { call, append } = await subscribed({ before: [], filter: filter(1) });
    append(...many(20));
    expect(call.sent).toEqual(['UP']);
    append(...many(11), 'hit', 'x');
    expect(call.sent).toEqual(['UP', 'hit', 'checkpoint']);
  });

  test('24.2 tells it when it has caught up as well', async () => {
    const { call } = await subscribed({ before: ['hit', 'x'], filter: filter(32), like: '24.2' });
    expect(call.sent).toEqual(['hit', 'checkpoint', 'UP']);
  });
});
