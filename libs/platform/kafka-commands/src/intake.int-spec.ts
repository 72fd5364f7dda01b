/** Commands on a real broker, with a receiver that does what a test says. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LocalKafka, readRecords } from '#testing';
import { CommandSender } from '../../../../test/simulators/command-sender.js';
import {
  CommandIntake,
  type CommandRecord,
  type Handled,
  listParked,
  readEnvelope,
  type Receiver,
  RESULTS_TOPIC,
  retryParked,
} from './index.js';

let kafka: LocalKafka;
let sender: CommandSender;
let intake: CommandIntake | undefined;
/** Ids in the order in which they were begun. */
let begun: string[];
/** What becomes of a command; by default it is accepted at once. */
type Outcome = Handled['outcome'];
let fate: (id: string) => Outcome | Promise<Outcome>;

const receiver: Receiver = {
  lane: () => ({
    admit: (record) => Promise.resolve(() => handle(record)),
  }),
};

const handle = async ({ headers }: CommandRecord): Promise<Handled> => {
  const to = readEnvelope(headers) ?? {};
  begun.push(to.id ?? '');
  const outcome = await fate(to.id ?? '');
  if (outcome === 'parked') return { outcome, parking: { code: 'internal-error', detail: 'A test says so.' } };
  return { outcome, answer: { to, channel: 'web', answer: { status: outcome === 'refused' ? 409 : 200 } } };
};

const start = () => {
  const one = new CommandIntake({ brokers: [kafka.brokers], receiver });
  one.start();
  intake = one;
  return one;
};

const send = (id: string, key = 'one-key') => sender.send({ name: 'Do', body: {}, id, key });
const answered = async () => {
  while ((await intake?.lag()) !== 0) await pause(50);
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
  begun = [];
  fate = () => 'accepted';
});
afterEach(async () => {
  await intake?.close();
  intake = undefined;
});

describe('commands of a partition', () => {
  it('are begun in their order, side by side, and answered', async () => {
    start();
    const ids = Array.from({ length: 300 }, (_, n) => `order-${n}`);
    const answers = await Promise.all(ids.map((id) => send(id)));
    expect(begun).toEqual(ids);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await answered();
  });

  it('are not answered before those ahead of them: what is not answered is begun again after a stop', async () => {
    let hold = true;
    fate = async (id): Promise<Outcome> => {
      while (hold && id === 'gap-0') await pause(20);
      return 'accepted';
    };
    const first = start();
    const early: string[] = [];
    const sent = ['gap-0', 'gap-1', 'gap-2'].map((id) => send(id).then(() => early.push(id)));
    while (begun.length < 3) await pause(20);
    await pause(500);
    expect(early).toEqual([]);

    await first.close();
    hold = false;
    begun = [];
    start();
    await Promise.all(sent);
    expect(begun).toEqual(['gap-0', 'gap-1', 'gap-2']);
  });

  it('that wait for long hold up no other partition', async () => {
    let hold = true;
    fate = async (id): Promise<Outcome> => {
      while (hold && id === 'slow') await pause(20);
      return 'accepted';
    };
    start();
    const slow = send('slow', 'key-a');
    while (!begun.includes('slow')) await pause(20);
    const others = Array.from({ length: 5_000 }, (_, n) => `other-${n}`);
    // The lane of the slow one is filled to the brim, and the others go on.
    const behind = others.map((id) => send(`behind-${id}`, 'key-a'));
    await Promise.all(others.map((id) => send(id, 'key-b')));
    expect(begun.filter((id) => id.startsWith('behind-')).length).toBeLessThan(5_000);
    hold = false;
    await Promise.all([slow, ...behind]);
  });
});

describe('answers', () => {
  it('of a command that was begun and not answered are those of the second time, and only those', async () => {
    let tries = 0;
    fate = async (id): Promise<Outcome> => {
      if (id !== 'torn') return 'accepted';
      tries++;
      if (tries > 1) return 'accepted';
      await pause(100);
      return 'refused';
    };
    // The first answer is decided while the intake goes away.
    const first = start();
    const asked = send('torn');
    while (!begun.includes('torn')) await pause(5);
    await first.close();
    start();
    expect(await asked).toEqual({ status: 200 });
    expect(tries).toBe(2);
  });

  it('lie in the partition that has the number of what they answer: no transaction lies across another', async () => {
    start();
    await Promise.all(Array.from({ length: 30 }, (_, n) => send(`beside-${n}`, `key-${n}`)));
    const records = await readRecords(kafka.brokers, [RESULTS_TOPIC]);
    const found = new Set(
      records.map(({ partition, headers }) => `${partition} of ${headers['ce_id']?.split(':')[0]}`),
    );
    expect(found).toEqual(new Set([0, 1, 2, 3, 4, 5].map((partition) => `${partition} of ${partition}`)));
  });

  it('survive the broker', async () => {
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
  it('is parked with the reason, and those behind it go on; it can be sent again as it came', async () => {
    fate = (id) => (id === 'poison' ? 'parked' : 'accepted');
    start();
    void send('poison');
    await send('after');
    await answered();
    const [parked, ...others] = await listParked([kafka.brokers]);
    expect(others).toEqual([]);
    expect(parked).toMatchObject({ code: 'internal-error', commandId: 'poison', command: 'Do', channel: 'web' });

    fate = () => 'accepted';
    const heard = send('poison'); // hears the answer to whichever comes first
    expect(await retryParked([kafka.brokers], 'all')).toEqual([parked]);
    expect(await heard).toEqual({ status: 200 });
    expect(await listParked([kafka.brokers])).toEqual([]);
    await expect(retryParked([kafka.brokers], ['9:9'])).rejects.toThrow('9:9 is not parked');
  });
});
