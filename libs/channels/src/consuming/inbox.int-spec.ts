import { asPosition } from '#event-store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type EntityManager } from 'typeorm';
import { Random } from '#kernel';
import { startTestDatabase, type TestDatabase } from '#testing';
import { Inbox } from './inbox.js';
import { parkedInboxes } from './parked.js';
import { type PublishedEvent, WITHHELD_TYPE } from './published-event.js';
import { TryAgain } from './try-again.js';

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
    if (poison.has(id)) throw new Error('indigestible');
  },
};
const inbox = () => new Inbox(database.owner, consumer);

const effects = async () => {
  const rows = await database.owner.query<{ event: string }[]>('SELECT event FROM channels.effect ORDER BY n');
  return rows.map((row) => row.event);
};
const parked = async () =>
  (await parkedInboxes(database.owner)).map(({ stream, revision, reason, held }) => ({
    stream,
    revision,
    reason,
    held,
  }));

describe('an inbox', () => {
  it('lets each event have its effect once, however often it comes', async () => {
    await inbox().take(events('a@0', 'a@1', 'b@0'));
    await inbox().take(events('a@0', 'a@1', 'a@2', 'b@0', 'b@1', 'b@1'));
    expect(await effects()).toEqual(['a@0', 'a@1', 'b@0', 'a@2', 'b@1']);
  });

  it('counts what is withheld, and hands it to nobody', async () => {
    await inbox().take([event('a@0'), event('a@1', WITHHELD_TYPE), event('a@2')]);
    expect(await effects()).toEqual(['a@0', 'a@2']);
    expect(await parked()).toEqual([]);
  });

  it('stops a stream at a gap, and no other, until what was missing comes', async () => {
    await inbox().take(events('a@0', 'a@2', 'b@0', 'a@3'));
    expect(await effects()).toEqual(['a@0', 'b@0']);
    expect(await parked()).toEqual([{ stream: 'a', revision: 0, reason: 'gap: revision 2 came before 1', held: 2 }]);
    await inbox().take(events('a@5', 'a@1', 'b@1'));
    expect(await effects()).toEqual(['a@0', 'b@0', 'a@1', 'a@2', 'a@3', 'b@1']);
    expect(await parked()).toEqual([{ stream: 'a', revision: 3, reason: 'gap: revision 5 came before 4', held: 1 }]);
  });

  it('parks the stream of an event that cannot be digested, with no effect of it, and goes on', async () => {
    poison.add('a@1');
    await inbox().take(events('a@0', 'b@0', 'a@1', 'b@1', 'a@2'));
    await inbox().take(events('a@1', 'a@3', 'b@2'));
    expect(await effects()).toEqual(['a@0', 'b@0', 'b@1', 'b@2']);
    const reason = 'poison: com.kontor.order.placed.v1 at revision 1: Error: indigestible';
    expect(await parked()).toEqual([{ stream: 'a', revision: 0, reason, held: 3 }]);

    expect(await inbox().retry('a')).toBe(false);
    poison.clear();
    expect(await inbox().retry('a')).toBe(true);
    expect(await effects()).toEqual(['a@0', 'b@0', 'b@1', 'b@2', 'a@1', 'a@2', 'a@3']);
    expect(await parked()).toEqual([]);
  });

  it('parks the stream of an event that is not the product’s, until it can be read', async () => {
    const foreign = { stream: 'a', revision: 1, unreadable: 'its data are null\u0000' };
    await inbox().take([...events('a@0', 'b@0'), foreign, ...events('a@2', 'b@1')], asPosition(20));
    await inbox().take([foreign, ...events('a@3', 'b@2')], asPosition(30));
    expect([await effects(), await inbox().position()]).toEqual([['a@0', 'b@0', 'b@1', 'b@2'], 30]);
    expect(await parked()).toEqual([
      { stream: 'a', revision: 0, reason: 'unreadable: its data are null\uFFFD', held: 2 },
    ]);
    expect(await inbox().retry('a', events('a@0'), 'still null')).toBe(false);
    expect(await parked()).toMatchObject([{ reason: 'unreadable: still null', held: 2 }]);
    expect(await inbox().retry('a', events('a@0', 'a@1', 'a@2', 'a@3'))).toBe(true);
    expect(await effects()).toEqual(['a@0', 'b@0', 'b@1', 'b@2', 'a@1', 'a@2', 'a@3']);
  });

  it('fills a gap from elsewhere on request', async () => {
    await inbox().take(events('a@0', 'a@3'));
    expect(await inbox().retry('a', events('a@0', 'a@1', 'a@2', 'a@3'))).toBe(true);
    expect(await effects()).toEqual(['a@0', 'a@1', 'a@2', 'a@3']);
  });

  it('keeps nothing of a batch when it is not the fault of an event', async () => {
    const failing = new Inbox(database.owner, {
      name: 'test',
      handle: async (one, tx) => {
        await consumer.handle(one, tx);
        if (one.id === 'a@1') throw new TryAgain('the other side is away');
      },
    });
    await expect(failing.take(events('a@0', 'a@1'), asPosition(20))).rejects.toThrow('the other side is away');
    expect([await effects(), await inbox().position()]).toEqual([[], 0]);
    await inbox().take(events('a@0', 'a@1'), asPosition(20));
    expect([await effects(), await inbox().position()]).toEqual([['a@0', 'a@1'], 20]);
  });

  it('never moves its position back', async () => {
    await inbox().take([], asPosition(30));
    await inbox().take(events('a@0'), asPosition(10));
    expect(await inbox().position()).toBe(30);
  });

  it('is exact whatever two members of a group deliver at once', async () => {
    const random = new Random(11);
    const all = Array.from({ length: 300 }, (_, index) => event(`s${index % 10}@${Math.floor(index / 10)}`));
    const member = async () => {
      for (let from = 0; from < all.length; from += 20) {
        const start = Math.max(0, from - random.between(0, 40)); // some of it again
        await inbox().take(all.slice(start, from + 20));
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
