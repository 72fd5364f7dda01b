/** Commands on a real broker, with a handler that answers as a test says. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LocalKafka, readRecords } from '#testing';
import { CommandSender } from '../../../../test/simulators/command-sender.js';
import {
  CommandConsumer,
  type CommandRecord,
  type HandledRecord,
  listParkedCommands,
  readEnvelope,
  type CommandRecordHandler,
  RESULTS_TOPIC,
  retryParkedCommands,
} from './index.js';

let kafka: LocalKafka;
let sender: CommandSender;
let consumer: CommandConsumer | undefined;
/** Ids in the order in which they were started. */
let started: string[];
/** The outcome of a command; by default it is accepted at once. */
type Outcome = HandledRecord['outcome'];
let outcomeOf: (id: string) => Outcome | Promise<Outcome>;

const handler: CommandRecordHandler = {
  forPartition: () => ({
    admit: (record) => Promise.resolve(() => handle(record)),
  }),
};

const handle = async ({ headers }: CommandRecord): Promise<HandledRecord> => {
  const to = readEnvelope(headers) ?? {};
  started.push(to.id ?? '');
  const outcome = await outcomeOf(to.id ?? '');
  if (outcome === 'parked') return { outcome, parking: { code: 'internal-error', detail: 'A test says so.' } };
  return { outcome, answer: { to, channel: 'web', answer: { status: outcome === 'refused' ? 409 : 200 } } };
};

const start = () => {
  const one = new CommandConsumer({ brokers: [kafka.brokers], handler });
  one.start();
  consumer = one;
  return one;
};

const send = (id: string, key = 'one-key') => sender.send({ name: 'Do', body: {}, id, key });
const answered = async () => {
  while ((await consumer?.lag()) !== 0) await pause(50);
};

beforeAll(async () => {
  kafka = await LocalKafka.start();
  const signingKey = Buffer.alloc(32, 1);
  sender = await CommandSender.open({ brokers: [kafka.brokers], channel: 'web', keyId: 'k', signingKey });
});
afterAll(async () => {
  await sender.close();
  await kafka.stop();
});
beforeEach(() => {
  started = [];
  outcomeOf = () => 'accepted';
});
afterEach(async () => {
  await consumer?.close();
  consumer = undefined;
});

describe('commands of a partition', () => {
  it('are started in their order, run side by side, and are answered', async () => {
    start();
    const ids = Array.from({ length: 300 }, (_, n) => `order-${n}`);
    const answers = await Promise.all(ids.map((id) => send(id)));
    expect(started).toEqual(ids);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await answered();
  });

  it('are not answered before earlier commands, and are started again after a stop if they are not answered', async () => {
    let hold = true;
    outcomeOf = async (id): Promise<Outcome> => {
      while (hold && id === 'gap-0') await pause(20);
      return 'accepted';
    };
    const first = start();
    const early: string[] = [];
    const sent = ['gap-0', 'gap-1', 'gap-2'].map((id) => send(id).then(() => early.push(id)));
    while (started.length < 3) await pause(20);
    await pause(500);
    expect(early).toEqual([]);

    await first.close();
    hold = false;
    started = [];
    start();
    await Promise.all(sent);
    expect(started).toEqual(['gap-0', 'gap-1', 'gap-2']);
  });

  it('that wait for long do not delay other partitions', async () => {
    let hold = true;
    outcomeOf = async (id): Promise<Outcome> => {
      while (hold && id === 'slow') await pause(20);
      return 'accepted';
    };
    start();
    const slow = send('slow', 'key-a');
    while (!started.includes('slow')) await pause(20);
    const others = Array.from({ length: 5_000 }, (_, n) => `other-${n}`);
    // The partition of the slow command is full, and the other goes on.
    const behind = others.map((id) => send(`behind-${id}`, 'key-a'));
    await Promise.all(others.map((id) => send(id, 'key-b')));
    expect(started.filter((id) => id.startsWith('behind-')).length).toBeLessThan(5_000);
    hold = false;
    await Promise.all([slow, ...behind]);
  });
});

describe('answers', () => {
  it('to a command that was started twice and answered once come from the second start only', async () => {
    let tries = 0;
    outcomeOf = async (id): Promise<Outcome> => {
      if (id !== 'torn') return 'accepted';
      tries++;
      if (tries > 1) return 'accepted';
      await pause(100);
      return 'refused';
    };
    // The first outcome is decided while the consumer is being closed.
    const first = start();
    const asked = send('torn');
    while (!started.includes('torn')) await pause(5);
    await first.close();
    start();
    expect(await asked).toEqual({ status: 200 });
    expect(tries).toBe(2);
  });

  it('are in the partition with the same number as that of the command, so that transactions do not overlap', async () => {
    start();
    await Promise.all(Array.from({ length: 30 }, (_, n) => send(`other-${n}`, `key-${n}`)));
    const records = await readRecords(kafka.brokers, [RESULTS_TOPIC]);
    const found = new Set(
      records.map(({ partition, headers }) => `${partition} of ${headers['ce_id']?.split(':')[0]}`),
    );
    expect(found).toEqual(new Set([0, 1, 2, 3, 4, 5].map((partition) => `${partition} of ${partition}`)));
  });

  it('survive a kill of the broker', async () => {
    start();
    await send('before');
    await kafka.kill();
    const asked = Array.from({ length: 20 }, (_, n) => send(`through-${n}`));
    await pause(500);
    await kafka.start();
    expect((await Promise.all(asked)).every(({ status }) => status === 200)).toBe(true);
    await answered();
  });
});

describe('a record that cannot be carried out', () => {
  it('is parked with the reason, does not delay later records, and can be sent again unchanged', async () => {
    outcomeOf = (id) => (id === 'poison' ? 'parked' : 'accepted');
    start();
    void send('poison');
    await send('after');
    await answered();
    const [parked, ...others] = await listParkedCommands([kafka.brokers]);
    expect(others).toEqual([]);
    expect(parked).toMatchObject({ code: 'internal-error', commandId: 'poison', command: 'Do', channel: 'web' });

    outcomeOf = () => 'accepted';
    const answer = send('poison'); // gets the answer to the retried record or to its own, whichever comes first
    expect(await retryParkedCommands([kafka.brokers], 'all')).toEqual([parked]);
    expect(await answer).toEqual({ status: 200 });
    expect(await listParkedCommands([kafka.brokers])).toEqual([]);
    await expect(retryParkedCommands([kafka.brokers], ['9:9'])).rejects.toThrow('9:9 is not parked');
  });
});
