/** Commands that come by Kafka have the same effect and the same answers as over HTTP. */
import { randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signerOf } from '#access';
import { type ParkedCommand } from '#kafka-commands';
import { commandRecord, CommandSender } from '../simulators/command-sender.js';
import { LocalKafka } from '#testing';
import { type Client } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { aLine, anOrder, aSku, openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';

let kafka: LocalKafka;
let kontor: Kontor;
let staff: Client;
let app: CommandSender;
let shop: CommandSender;
let shopKey: ReturnType<typeof signerOf>;
let depot: CommandSender;

const keyOf = async (channel: string, scopes: readonly string[]) => {
  const { body } = await staff.post('/v1/keys', { channel, name: 'kafka', scopes });
  return (body as { secret: string }).secret;
};
const senderWith = (channel: string, secret: string) =>
  CommandSender.open({ brokers: [kafka.brokers], channel, ...signerOf(secret) });

beforeAll(async () => {
  kafka = await LocalKafka.start();
  kontor = await Kontor.start({ env: { KAFKA_BROKERS: kafka.brokers } });
  staff = kontor.staff;
  await openShop(staff);
  const secret = await keyOf('web', ['orders:place', 'orders:read', 'orders:manage']);
  shopKey = signerOf(secret);
  shop = await senderWith('web', secret);
  app = await senderWith('app', await keyOf('app', ['orders:place', 'orders:manage']));
  depot = await senderWith('system', kontor.adminKey);
  senders.push(shop, app, depot);
}, 180_000);

const senders: CommandSender[] = [];
const closeSenders = () => Promise.all(senders.splice(0).map((sender) => sender.close()));

afterAll(async () => {
  await closeSenders();
  await kontor.stop();
  await kafka.stop();
});

const delivery = (more: object = {}) => ({ sku: aSku(), locationId: 'warehouse', quantity: 3, ref: 'DN-1', ...more });
const aHold = { holdId: 'h', reason: 'fraud-review' };
const kontorCli = (...args: string[]): unknown =>
  JSON.parse(
    execFileSync(process.execPath, [resolve('dist/apps/cli/src/main.js'), '--json', 'commands', 'parked', ...args], {
      env: { ...process.env, KAFKA_BROKERS: kafka.brokers },
      encoding: 'utf8',
    }),
  );
const parkedAs = (commandId: string) =>
  until(() => (kontorCli('list') as ParkedCommand[]).find((one) => one.commandId === commandId), {
    for: `${commandId} to be parked`,
    everyMs: 200,
  });

describe('a command by Kafka', () => {
  it('is carried out and answered as over HTTP', async () => {
    const body = delivery();
    const answer = await depot.send({ name: 'ReceiveStock', body, id: randomUUID() });
    expect(answer).toMatchObject({ status: 200, stream: `stock-${body.sku}~warehouse`, repeated: false });
    expect(answer['events']).toMatchObject([{ type: 'StockReceived' }]);
    const headers = { 'kontor-min-position': String(answer['position']) };
    expect(await staff.read(`/v1/stock/${body.sku}/warehouse`, headers)).toMatchObject({ onHand: 3 });
  });

  it('is the same command as one over HTTP with the same key', async () => {
    const [body, id] = [delivery(), randomUUID()];
    const first = await depot.send({ name: 'ReceiveStock', body, id });
    const { stream, revision, position, events } = first;
    expect(await depot.send({ name: 'ReceiveStock', body, id })).toEqual({ ...first, repeated: true });
    const overHttp = await staff.send('ReceiveStock', body, { key: id });
    expect(overHttp).toMatchObject({ status: 200, body: { stream, revision, position, events, repeated: true } });
    const other = await depot.send({ name: 'ReceiveStock', body: { ...body, quantity: 4 }, id });
    expect(other).toMatchObject({ status: 422, code: 'command-id-reused' });
    expect(await staff.read(`/v1/stock/${body.sku}/warehouse`)).toMatchObject({ onHand: 3 });
  });

  it('keeps the time at which it happened', async () => {
    const occurredAt = '2026-01-31T12:00:00.000Z';
    const body = delivery();
    await depot.send({ name: 'ReceiveStock', body, id: randomUUID(), occurredAt });
    const story = await staff.read(`/v1/stock/${body.sku}/warehouse/explain`);
    expect(JSON.stringify(story)).toContain(occurredAt);
    const future = await depot.send({ name: 'ReceiveStock', body, id: randomUUID(), occurredAt: '2999-01-01T00:00Z' });
    expect(future).toMatchObject({ status: 400, code: 'validation-failed' });
  });

  it('is carried out in order among records with the same key', async () => {
    const body = anOrder([aLine(await stocked(staff, 1))]);
    const { orderId } = body;
    const key = `order-${orderId}`;
    const [placed, ...held] = await Promise.all([
      shop.send({ name: 'PlaceOrder', body, id: randomUUID(), key }),
      ...Array.from({ length: 20 }, (_, n) =>
        shop.send({ name: 'HoldOrder', body: { orderId, ...aHold, holdId: `h-${n}` }, id: randomUUID(), key }),
      ),
    ]);
    expect(placed).toMatchObject({ status: 200, events: [{ type: 'OrderPlaced' }, {}] });
    expect(new Set(held.map(({ status }) => status))).toEqual(new Set([200]));
    const revisions = held.map(({ revision }) => Number(revision));
    expect(revisions).toEqual(revisions.toSorted((one, other) => one - other));
  });
});

describe('the sender', () => {
  it('has the scopes of its key, for its own channel and its own orders', async () => {
    const lacking = await shop.send({ name: 'ReceiveStock', body: delivery(), id: randomUUID() });
    expect(lacking).toMatchObject({ status: 403, code: 'forbidden' });

    const body = anOrder([aLine(await stocked(staff, 1))]);
    await shop.send({ name: 'PlaceOrder', body, id: randomUUID() });
    const hold = { name: 'HoldOrder', body: { orderId: body.orderId, ...aHold } };
    expect(await app.send({ ...hold, id: randomUUID() })).toMatchObject({ status: 404, code: 'order-not-found' });

    const other = await senderWithChannel('app');
    const answer = await other.send({ ...hold, id: randomUUID() });
    await other.close();
    expect(answer).toMatchObject({ status: 403, detail: 'Only a staff key may act for another channel.' });
  });

  const senderWithChannel = (channel: string) => CommandSender.open({ brokers: [kafka.brokers], channel, ...shopKey });
});

describe('a record that is not a valid command', () => {
  it('is parked with the reason, and later records are handled', async () => {
    const [unsigned, forged, unknown, large] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()] as const;
    const body = delivery();
    const asStaff = { brokers: [], channel: 'system', ...signerOf(kontor.adminKey) };
    const good = commandRecord({ name: 'ReceiveStock', body, id: unsigned, key: 'poison' }, asStaff);
    const bare = Object.fromEntries(Object.entries(good.headers ?? {}).filter(([name]) => name !== 'kontor-signature'));
    await depot.sendRecord({ ...good, headers: bare });
    await depot.sendRecord({ ...good, headers: { ...good.headers, ce_id: forged } }); // signed for another id
    await depot.sendRecord({ key: 'poison', value: null });
    await depot.sendRecord({ key: 'poison', value: 'x', headers: { ce_id: ['a', 'b'] } });

    const answers = [
      depot.send({ name: 'FlyToTheMoon', body, id: unknown, key: 'poison' }),
      depot.send({ name: 'ReceiveStock', body: { filler: 'x'.repeat(1_100_000) }, id: large, key: 'poison' }),
      depot.send({ name: 'ReceiveStock', body, id: randomUUID(), key: 'poison' }),
    ];
    expect(await Promise.all(answers)).toMatchObject([
      { status: 404, code: 'unknown-command' },
      { status: 413, code: 'too-large' },
      { status: 200, stream: `stock-${body.sku}~warehouse` },
    ]);
    expect(await parkedAs(unsigned)).toMatchObject({ code: 'unauthenticated', command: 'ReceiveStock' });
    expect(await parkedAs(forged)).toMatchObject({ code: 'unauthenticated' });
    expect(await parkedAs(unknown)).toMatchObject({ code: 'unknown-command', channel: 'system' });
    expect((await parkedAs(large)).bytes).toBeGreaterThan(1_000_000);
    expect(await staff.read(`/v1/stock/${body.sku}/warehouse`)).toMatchObject({ onHand: 3 });
  });

  it('can be retried, and is parked again while it is not valid', async () => {
    const id = randomUUID();
    await depot.send({ name: 'FlyToTheMoon', body: {}, id });
    const before = await parkedAs(id);
    expect(kontorCli('retry', before.id)).toEqual([before]);
    const after = await until(
      async () => {
        const found = await parkedAs(id);
        return found.id !== before.id && found;
      },
      { for: 'it to be parked again', everyMs: 200 },
    );
    expect(after).toMatchObject({ code: 'unknown-command', commandId: id, keyId: before.keyId });
  });
});

it('metrics count commands by outcome and report their lag', async () => {
  const metrics = await (await staff.open('/metrics')).text();
  expect(metrics).toMatch(/kontor_kafka_commands_total\{outcome="accepted"\} [1-9]/);
  expect(metrics).toMatch(/kontor_kafka_commands_total\{outcome="repeated"\} [1-9]/);
  expect(metrics).toMatch(/kontor_kafka_commands_total\{outcome="refused"\} [1-9]/);
  expect(metrics).toMatch(/kontor_kafka_commands_total\{outcome="parked"\} [1-9]/);
  expect(metrics).toMatch(/kontor_kafka_commands_lag \d/);
});

it('the status tells how far Kafka is behind the log, while it is up and while it is down', async () => {
  interface Position {
    readonly name: string;
    readonly lag: number;
    readonly lagSeconds: number;
  }
  const relay = async () => {
    const { consumers } = (await staff.read('/v1/status')) as unknown as { consumers: readonly Position[] };
    return consumers.find(({ name }) => name === 'relay');
  };
  await until(async () => (await relay())?.lag === 0, { for: 'Kafka to have everything', everyMs: 200 });
  await closeSenders(); // a client that is closed while the broker is away does not end
  await kafka.kill();
  await staff.done('ReceiveStock', delivery());
  await until(async () => ((await relay())?.lagSeconds ?? 0) > 0, { for: 'the status to say so', everyMs: 200 });
  expect(await relay()).toMatchObject({ lag: expect.any(Number), parked: 0 });
  expect(await (await staff.open('/metrics')).text()).toMatch(/kontor_consumer_lag\{consumer="relay"\} [1-9]/);
  await kafka.start();
  await until(async () => (await relay())?.lag === 0, { for: 'Kafka to have everything', withinMs: 60_000 });
});
