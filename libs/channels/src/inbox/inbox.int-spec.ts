import { asPosition } from '#event-store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type EntityManager } from 'typeorm';
import { WITHHELD_TYPE } from '#kafka-publisher';
import { Random } from '#kernel';
import { startTestDatabase, type TestDatabase } from '#testing';
import { Inbox } from './inbox.js';
import { parkedInboxStreams } from './parked-streams.js';
import { type PublishedEvent } from './published-event.js';
import { TransientError } from '../transient-error.js';

let database: TestDatabase;
let poison: Set<string>;

beforeAll(async () => {
  database = await startTestDatabase();
  await database.owner.query(
    'CREATE TABLE channels.effect (n bigint GENERATED ALWAYS AS IDENTITY, event text NOT NULL)',
  );
});
afterAll(() => database.stop());

beforeEach(async () => {
  poison = new Set();
  await database.owner.query('TRUNCATE channels.effect, channels.inbox, channels.inbox_held, channels.consumer');
});

const event = (name: string, type = 'com.kontor.order.placed.v1'): PublishedEvent => {
  const [stream = '', revision = ''] = name.split('@');
  const at = '2026-03-01T08:00:00.000Z';
  const place = { stream, revision: Number(revision), position: asPosition(10 * Number(revision)) };
  return { id: name, type, ...place, channel: 'web', correlationId: name, occurredAt: at, recordedAt: at, data: {} };
};
const events = (...names: string[]) => names.map((name) => event(name));

const consumer = {
  name: 'test',
  handle: async ({ id }: PublishedEvent, tx: EntityManager) => {
    await tx.query('INSERT INTO channels.effect (event) VALUES ($1)', [id]);
    if (poison.has(id)) throw new Error('not to be handled');
  },
};
const inbox = () => new Inbox(database.owner, consumer);

const effects = async () => {
  const rows = await database.owner.query<{ event: string }[]>('SELECT event FROM channels.effect ORDER BY n');
  return rows.map((row) => row.event);
};
const parked = async () =>
  (await parkedInboxStreams(database.owner)).map(({ stream, revision, reason, held }) => ({
    stream,
    revision,
    reason,
    held,
  }));

describe('an inbox', () => {
  it('lets each event have its effect once, however often it is delivered', async () => {
    await inbox().receive(events('a@0', 'a@1', 'b@0'));
    await inbox().receive(events('a@0', 'a@1', 'a@2', 'b@0', 'b@1', 'b@1'));
    expect(await effects()).toEqual(['a@0', 'a@1', 'b@0', 'a@2', 'b@1']);
  });

  it('counts the revision of a withheld event, and does not handle it', async () => {
    await inbox().receive([event('a@0'), event('a@1', WITHHELD_TYPE), event('a@2')]);
    expect(await effects()).toEqual(['a@0', 'a@2']);
    expect(await parked()).toEqual([]);
  });

  it('parks a stream at a gap, and no other stream, until the missing event comes', async () => {
    await inbox().receive(events('a@0', 'a@2', 'b@0', 'a@3'));
    expect(await effects()).toEqual(['a@0', 'b@0']);
    expect(await parked()).toEqual([{ stream: 'a', revision: 0, reason: 'gap: revision 2 came before 1', held: 2 }]);
    await inbox().receive(events('a@5', 'a@1', 'b@1'));
    expect(await effects()).toEqual(['a@0', 'b@0', 'a@1', 'a@2', 'a@3', 'b@1']);
    expect(await parked()).toEqual([{ stream: 'a', revision: 3, reason: 'gap: revision 5 came before 4', held: 1 }]);
  });

  it('parks the stream of an event that cannot be handled, without any effect of it, and goes on', async () => {
    poison.add('a@1');
    await inbox().receive(events('a@0', 'b@0', 'a@1', 'b@1', 'a@2'));
    await inbox().receive(events('a@1', 'a@3', 'b@2'));
    expect(await effects()).toEqual(['a@0', 'b@0', 'b@1', 'b@2']);
    const reason = 'poison: com.kontor.order.placed.v1 at revision 1: Error: not to be handled';
    expect(await parked()).toEqual([{ stream: 'a', revision: 0, reason, held: 3 }]);

    expect(await inbox().retry('a')).toBe(false);
    poison.clear();
    expect(await inbox().retry('a')).toBe(true);
    expect(await effects()).toEqual(['a@0', 'b@0', 'b@1', 'b@2', 'a@1', 'a@2', 'a@3']);
    expect(await parked()).toEqual([]);
  });

  it('parks the stream of an event that cannot be read, until it can', async () => {
    const foreign = { stream: 'a', revision: 1, unreadable: 'its data are null\u0000' };
    await inbox().receive([...events('a@0', 'b@0'), foreign, ...events('a@2', 'b@1')], asPosition(20));
    await inbox().receive([foreign, ...events('a@3', 'b@2')], asPosition(30));
    expect([await effects(), await inbox().position()]).toEqual([['a@0', 'b@0', 'b@1', 'b@2'], 30]);
    expect(await parked()).toEqual([
      { stream: 'a', revision: 0, reason: 'unreadable: its data are null\uFFFD', held: 2 },
    ]);
    expect(await inbox().retry('a', events('a@0'), 'still null')).toBe(false);
    expect(await parked()).toMatchObject([{ reason: 'unreadable: still null', held: 2 }]);
    expect(await inbox().retry('a', events('a@0', 'a@1', 'a@2', 'a@3'))).toBe(true);
    expect(await effects()).toEqual(['a@0', 'b@0', 'b@1', 'b@2', 'a@1', 'a@2', 'a@3']);
  });

  it('fills a gap on retry with events that were read from the log', async () => {
    await inbox().receive(events('a@0', 'a@3'));
    expect(await inbox().retry('a', events('a@0', 'a@1', 'a@2', 'a@3'))).toBe(true);
    expect(await effects()).toEqual(['a@0', 'a@1', 'a@2', 'a@3']);
  });

  it('commits nothing of a batch when a handler has a transient error', async () => {
    const failing = new Inbox(database.owner, {
      name: 'test',
      handle: async (one, tx) => {
        await consumer.handle(one, tx);
        if (one.id === 'a@1') throw new TransientError('the partner is unavailable');
      },
    });
    await expect(failing.receive(events('a@0', 'a@1'), asPosition(20))).rejects.toThrow('the partner is unavailable');
    expect([await effects(), await inbox().position()]).toEqual([[], 0]);
    await inbox().receive(events('a@0', 'a@1'), asPosition(20));
    expect([await effects(), await inbox().position()]).toEqual([['a@0', 'a@1'], 20]);
  });

  it('never moves its position back', async () => {
    await inbox().receive([], asPosition(30));
    await inbox().receive(events('a@0'), asPosition(10));
    expect(await inbox().position()).toBe(30);
  });

  it('is exact when two members of a group deliver the same events at the same time', async () => {
    const random = new Random(11);
    const all = Array.from({ length: 300 }, (_, index) => event(`s${index % 10}@${Math.floor(index / 10)}`));
    const member = async () => {
      for (let from = 0; from < all.length; from += 20) {
        const start = Math.max(0, from - random.between(0, 40)); // some of it again
        await inbox().receive(all.slice(start, from + 20));
      }
    };
    await Promise.all([member(), member()]);
    const seen = await effects();
    expect(seen).toHaveLength(300);
    for (let stream = 0; stream < 10; stream++) {
      const own = seen.filter((id) => id.startsWith(`s${stream}@`));
      expect(own).toEqual(Array.from({ length: 30 }, (_, revision) => `s${stream}@${revision}`));
    }
    expect(await parked()).toEqual([]);
  });
});
