/**
 * Plants a marker in every free text of every command, sends the commands to the product, and looks for the markers wherever the
 * product writes: only those of fields that docs/security.md lists as stored in clear may be found.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { SCOPES, signerOf, STAFF_SCOPES } from '#access';
import { freeTextsOf } from '#fields';
import { COMMANDS_TOPIC, PARKED_TOPIC, RESULTS_TOPIC } from '#kafka-commands';
import { commands } from '#registry';
import { LocalKafka } from '#testing';
import { commandRecord, CommandSender } from '../simulators/command-sender.js';
import { type Client, type Fields, type Sending } from '../support/client.js';
import { relationsIn, withPg } from '../support/data-scan.js';
import { feed, takeUntil } from '../support/feed.js';
import { fulfillmentWork } from '../support/fulfillment-work.js';
import { Kontor } from '../support/kontor.js';
import { Markers } from '../support/markers.js';
import { paymentBecomes } from '../support/orders.js';
import { aLine, openShop } from '../support/shop.js';
import { until } from '../support/until.js';

const markers = new Markers();
const sku = `MUG ${markers.plant('ReceiveStock sku accepted')}`;

const freeTexts = new Map(commands.map(({ name, dto }) => [name, freeTextsOf(dto).declared]));

/** Fields that name what an earlier command has made: the text was planted there. */
const isName = (command: string, path: string) =>
  /(^|\.)(sku|tenders\.code|incomingRef)$/.test(path) || (command === 'ChangeIncomingStock' && path === 'ref');

/** Texts with a marker, where the field does not take any words. */
const TEXTS: Readonly<Record<string, (marker: string) => unknown>> = {
  email: (marker) => `ada.${marker}@example.com`,
  phone: (marker) => `+${marker}`,
  token: (marker) => `tok_visa-${marker}`,
  lines: (marker) => [`${marker} High Street`],
  attributes: (marker) => ({ engraving: `for Ada, ${marker}` }),
  postalCode: (marker) => `E ${marker}`,
};

const words = (marker: string) => `Ada Lovelace ${marker}`;

/** They are made where a body has none; lists are not. */
const MADE: ReadonlySet<string> = new Set(['contact', 'shipTo', 'payment']);

/** With a text at the path, in each item of a list. */
const withText = (node: unknown, [name = '', ...rest]: readonly string[], text: () => unknown): unknown => {
  if (Array.isArray(node)) return node.map((item) => withText(item, [name, ...rest], text));
  const fields = (node ?? {}) as Fields;
  if (rest.length === 0) return { ...fields, [name]: text() };
  if (fields[name] === undefined && !MADE.has(name)) return fields;
  return { ...fields, [name]: withText(fields[name], rest, text) };
};

/** The body with a new marker in each of its free texts. */
const marked = (command: string, body: object, attempt: 'accepted' | 'repeated' | 'refused') =>
  [...(freeTexts.get(command)?.keys() ?? [])]
    .filter((path) => !isName(command, path))
    .reduce<unknown>((filled, path) => {
      const text = TEXTS[path.split('.').at(-1) ?? ''] ?? words;
      return withText(filled, path.split('.'), () => text(markers.plant(`${command} ${path} ${attempt}`)));
    }, body) as Fields;

const dataDir = mkdtempSync(join(tmpdir(), 'kontor-free-text-'));
let kafka: LocalKafka;
let kontor: Kontor;
let staff: Client;

/** Sends a command that must succeed. @returns its body */
const act = async (command: string, body: object, sending: Sending = {}) => {
  const sent = marked(command, body, 'accepted');
  const answer = await staff.done(command, sent, sending);
  // Again, once as a body that is not valid, and once as another command, which is mostly refused for what it asks.
  const invalid = { ...marked(command, body, 'refused'), color: markers.plant(`${command} color refused`) };
  expect(await staff.send(command, invalid, sending)).toMatchObject({ status: 400 });
  await staff.send(command, marked(command, body, 'repeated'), sending);
  return { ...sent, ...answer } as Fields;
};

const web = { channel: 'web' };
const till = { channel: 'till' };
const currency = 'GBP';
const price = (amount: number) => ({ amount, scale: 2 });
const charge = { chargeId: 'post', kind: 'shipping', quantity: 1, unitPrice: price(495) };
const card = (amount: number, tenderId = 'card') => ({ tenderId, kind: 'card', amount });
const later = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const line = (quantity = 1, more: object = {}) => aLine(sku, quantity, more);
const units = (quantity = 1) => [{ lineId: '1', quantity }];
const customerId = randomUUID();

const tradeGoods = async () => {
  const item = { sku, locationId: 'warehouse' };
  const announced = await act('AnnounceIncomingStock', { ...item, quantity: 5, eta: later(24) });
  await act('ChangeIncomingStock', { ...item, ref: announced['ref'], quantity: 6, eta: later(48) });
  await act('ReceiveStock', { ...item, quantity: 60, incomingRef: announced['ref'] });
  await act('ReceiveStock', { sku, locationId: 'store', quantity: 60 });
  await act('AdjustStock', { ...item, delta: -1 });
  await act('MarkStockUnavailable', { ...item, quantity: 2, reason: 'damaged' });
  await act('MarkStockAvailable', { ...item, quantity: 1, reason: 'damaged' });
  await act('RestockReturn', { ...item, quantity: 1, returnId: randomUUID(), disposition: 'restock' });
  const reservation = { ...item, reservationId: randomUUID() };
  const owner = { type: 'cart', id: randomUUID() };
  const other = { ...item, reservationId: randomUUID() };
  for (const one of [reservation, other]) await act('ReserveStock', { ...one, quantity: 1, kind: 'hard', owner });
  await act('ConsumeReservation', reservation);
  await act('ReleaseReservation', other);
  const transferId = randomUUID();
  const goods = [{ sku, quantity: 1 }];
  await act('RequestTransfer', { transferId, from: 'warehouse', to: 'store', lines: goods });
  await act('CancelTransfer', { transferId });
};

const runShop = async () => {
  await act('RegisterLocation', { locationId: 'showroom', type: 'showroom' });
  await act('PauseLocation', { locationId: 'showroom' });
  const offers = { locations: [], reservationTtlSeconds: 900, promisesIncoming: false };
  await act('ConfigureChannel', { channelId: 'kiosk', kind: 'other', currency, locale: 'en-GB', ...offers });
  await act('RegisterCustomer', { customerId });
  await act('UpdateCustomer', { customerId });
  await act('LinkIdentity', { customerId, identityType: 'crm', proof: 'asserted' });
  await act('AdjustLedger', { entryId: randomUUID(), currency, quantity: 1, unitPrice: price(-100) });
  const cart = { cartId: randomUUID() };
  await act('CreateCart', { ...cart, currency }, web);
  await act('AddCartLine', { ...cart, ...line() }, web);
  await act('CloseCart', cart, web);
  const appointmentId = randomUUID();
  const visit = { appointmentId, locationId: 'store', at: later(24), until: later(25), lines: [] };
  await act('BookAppointment', visit, web);
  await act('CancelAppointment', { appointmentId }, web);
};

const issue = async () => {
  const { code, stream } = await act('IssueGiftCard', { amount: 10_000, currency });
  const giftCardId = String(stream).slice('giftcard-'.length);
  await act('AdjustBalance', { giftCardId, operationId: 'correction', delta: 5 });
  await act('IssueStoreCredit', { customerId, operationId: 'goodwill', amount: 500, currency });
  await act('IssueVoucher', { amount: 500, currency, uses: 3 });
  return { tenderId: 'gift', kind: 'gift-card', amount: 100, code };
};

/** @throws Error unless it is confirmed */
const order = async (body: object) => {
  const orderId = randomUUID();
  const { state } = await act('PlaceOrder', { orderId, ...body }, web);
  expect(state).toBe('confirmed');
  await kontor.settled();
  return orderId;
};

const sellAndShip = async (gift: object) => {
  const tenders = [card(2095), gift];
  const orderId = await order({ customerId, lines: [line(2)], charges: [charge], tenders, capture: 'now' });
  await act('HoldOrder', { orderId, holdId: 'check' });
  await act('ReleaseOrderHold', { orderId, holdId: 'check' });
  const edit = { orderId, editId: 'e' };
  await act('ProposeOrderEdit', { ...edit, add: [{ ...line(2), lineId: '2' }] });
  await act('ApplyOrderEdit', { ...edit, tenders: [card(1700, 'more')] });
  await kontor.settled();
  await act('CancelOrderLines', { orderId, lines: [{ lineId: '2', quantity: 1 }] });
  await paymentBecomes(staff, orderId, 'card', { captured: 2095 });
  await act('RefundPayment', { paymentId: `${orderId}.card`, operationId: 'by-hand', amount: 100 });
  const { fulfillmentId } = await fulfillmentWork(staff, orderId, 'warehouse');
  const parcel = { fulfillmentId, locationId: 'warehouse', parcelId: 'P-1' };
  await act('PackParcel', { ...parcel, lines: units(2) });
  await act('ShipParcel', parcel);
};

const sellOtherwise = async () => {
  const rejected = await order({ lines: [line()], charges: [] });
  const { fulfillmentId } = await fulfillmentWork(staff, rejected, 'warehouse');
  await act('RejectFulfillment', { fulfillmentId, locationId: 'warehouse', reason: 'other' });
  const collected = await order({ lines: [line(1, { method: 'pickup', locationId: 'store' })], charges: [] });
  const pickup = await fulfillmentWork(staff, collected, 'store');
  await act('MarkReadyForPickup', { fulfillmentId: pickup.fulfillmentId, locationId: 'store' });
  await act('HandOver', { fulfillmentId: pickup.fulfillmentId, locationId: 'store' });
  const unpaid = await order({ lines: [line()], charges: [], tenders: [], payLater: true });
  await act('PayOrder', { orderId: unpaid, tenders: [card(850)] });
  const buttonId = randomUUID();
  const payment = { kind: 'card' };
  await act('ConfigureReorderButton', { buttonId, customerId, currency, lines: [line()], payment }, web);
  await act('PressReorderButton', { buttonId, pressId: randomUUID() }, web);
};

/** Two orders of one customer to one address, which leave together. */
const shipTogether = async () => {
  const address = { shipTo: { lines: ['1 High Street'], city: 'Edinburgh' }, country: 'GB' };
  const placed = [randomUUID(), randomUUID()].map((orderId) => ({ orderId, customerId, lines: [line()], ...address }));
  for (const one of placed) await staff.done('PlaceOrder', one, web);
  const orderIds = placed.map(({ orderId }) => orderId);
  const group = await until(
    async () => {
      const { items } = await staff.read('/v1/locations/warehouse/consolidations');
      return (items as { recipient: string; orderIds: string[]; fulfillmentIds: string[] }[]).find((one) =>
        orderIds.every((id) => one.orderIds.includes(id)),
      );
    },
    { for: 'orders that may leave together' },
  );
  const shipment = { shipmentId: randomUUID(), locationId: 'warehouse' };
  const { recipient, fulfillmentIds } = group;
  await staff.done('ConsolidateFulfillments', { ...shipment, recipient, fulfillmentIds });
  await kontor.settled();
  await act('ShipShipment', shipment);
};

const tradeAtTill = async () => {
  const there = line(1, { method: 'carry-out', locationId: 'store' });
  await act('RecordOrder', { orderId: randomUUID(), currency, lines: [there], charges: [charge] }, till);
  const { lineId, unitPrice, quantity } = there;
  const back = { lineId, sku, unitPrice, quantity, locationId: 'store', disposition: 'restock' };
  const credits = [{ ...charge, unitPrice: price(-100) }];
  await act('RecordReturn', { returnId: randomUUID(), currency, lines: [back], credits }, till);
};

/** Commands that come by Kafka: one is carried out, one is not valid, and one is parked, because nobody knows its sender. */
const sendByKafka = async () => {
  const { body } = await staff.post('/v1/keys', { channel: 'web', name: 'kafka', scopes: ['orders:place'] });
  const options = { brokers: [kafka.brokers], ...web, ...signerOf((body as { secret: string }).secret) };
  const command = (attempt: 'accepted' | 'refused', more: object = {}) => {
    const placed = { orderId: randomUUID(), lines: [line()], charges: [charge], tenders: [card(1345)] };
    return { name: 'PlaceOrder', body: { ...marked('PlaceOrder', placed, attempt), ...more }, id: randomUUID() };
  };
  const sender = await CommandSender.open(options);
  expect(await sender.send(command('accepted'))).toMatchObject({ status: 200 });
  expect(await sender.send(command('refused', { color: 'red' }))).toMatchObject({ status: 400 });
  await sender.close();
  const client = kafkaOf(kafka.brokers);
  const [producer, admin] = [client.producer(), client.admin()];
  await Promise.all([producer.connect(), admin.connect()]);
  const forged = commandRecord(command('refused'), { ...options, signingKey: randomBytes(32) });
  await producer.send({ topic: COMMANDS_TOPIC, messages: [forged] });
  const isParked = async () => (await admin.fetchTopicOffsets(PARKED_TOPIC)).some(({ high }) => Number(high) > 0);
  await until(isParked, { for: 'the forged command to be parked', withinMs: 60_000, everyMs: 100 });
  await Promise.all([producer.disconnect(), admin.disconnect()]);
};

const kafkaOf = (brokers: string) => new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING });

beforeAll(async () => {
  kafka = await LocalKafka.start();
  kontor = await Kontor.start({ dataDir, env: { KAFKA_BROKERS: kafka.brokers } });
  staff = kontor.staff;
  await openShop(staff);
  await runShop();
  await tradeGoods();
  await sellAndShip(await issue());
  await sellOtherwise();
  await shipTogether();
  await tradeAtTill();
  await sendByKafka();
  await kontor.settled();
}, 300_000);

afterAll(async () => {
  await kontor.stop();
  await kafka.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

/** Where the markers were planted, of those whose fields are not stored in clear. */
const exposed = (found: Iterable<string>) =>
  [...found]
    .map((marker) => markers.planted.get(marker) ?? '')
    .filter((place) => {
      const [command = '', path = '', attempt] = place.split(' ');
      return attempt === 'refused' || freeTexts.get(command)?.get(path)?.as !== 'clear';
    })
    .toSorted();

it('a marker was accepted in every free text of every command', () => {
  const fields = [...freeTexts].flatMap(([command, texts]) =>
    [...texts.keys()].filter((path) => !isName(command, path)).map((path) => `${command} ${path} accepted`),
  );
  const planted = new Set(markers.planted.values());
  expect(fields.filter((field) => !planted.has(field))).toEqual([]);
  expect(fields.length).toBeGreaterThanOrEqual(67);
});

describe('what must not be in clear', () => {
  it('is in no table', async () => {
    await withPg(kontor.runFile.databaseUrl, async (pg) => {
      for (const table of await relationsIn(pg)) {
        const { rows } = await pg.query<{ row: string }>(`SELECT t::text AS row FROM ${table} AS t`);
        expect([table, ...exposed(markers.in(Buffer.from(JSON.stringify(rows))))]).toEqual([table]);
      }
    });
  });

  it('is in the feed of no other channel, and of no staff', async () => {
    const app = await kontor.channel(
      'app',
      SCOPES.filter((scope) => !STAFF_SCOPES.has(scope)),
    );
    const { stream } = await app.done('CreateCart', { cartId: randomUUID(), currency });
    for (const reader of [app, staff]) {
      const events = feed(reader, '/v1/feed?after=0');
      const seen = await takeUntil(events, ({ data }) => data['stream'] === stream);
      expect(seen.length).toBeGreaterThan(10);
      expect(exposed(markers.in(Buffer.from(JSON.stringify(seen))))).toEqual([]);
    }
  });

  it('is in no record of Kafka, except for the commands themselves', async () => {
    const records = await allRecords(kafka.brokers);
    const found = [...records].map(([topic, bytes]) => [topic, markers.in(Buffer.concat(bytes))] as const);
    const exposing = found.flatMap(([topic, some]) => (exposed(some).length > 0 ? [topic] : []));
    expect(exposing.toSorted()).toEqual([PARKED_TOPIC, COMMANDS_TOPIC].toSorted());
    expect(found.filter(([, some]) => some.size > 0).length).toBeGreaterThan(4);
  });
});

describe('once Kontor has stopped, and PostgreSQL has written all pages', () => {
  let found: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    await kontor.stop();
    found = markers.inFiles(dataDir);
  }, 60_000);

  it('what must not be in clear is in no file: of the event store, PostgreSQL, a log, the payment provider', () => {
    const hits = [...found].flatMap(([marker, files]) => exposed([marker]).map((place) => [place, ...files].join(' ')));
    expect(hits).toEqual([]);
    expect(exposed(markers.in(Buffer.from(kontor.output)))).toEqual([]);
  });

  it('what is stored in clear is found, so the search finds what is there', () => {
    const inEvents = new Set(
      [...found].flatMap(([marker, files]) => (files.some(isOfEvents) ? [markers.planted.get(marker)] : [])),
    );
    const clear = [...freeTexts].flatMap(([command, texts]) =>
      [...texts]
        .filter(([path, { as }]) => as === 'clear' && !isName(command, path))
        .map(([path]) => `${command} ${path} accepted`),
    );
    expect(clear.filter((place) => !inEvents.has(place))).toEqual([]);
    for (const folder of ['base/', 'pg_wal/'])
      expect([...found.values()].flat().filter((file) => file.includes(folder))).not.toEqual([]);
  });
});

const isOfEvents = (file: string) => file.startsWith('events/');

/** Answers are written in transactions: behind the last record stands the mark of its end. */
const isAnswer = (topic: string) => topic === RESULTS_TOPIC || topic === PARKED_TOPIC;

/** Topic → keys, headers and values of all its records. */
const allRecords = async (brokers: string): Promise<ReadonlyMap<string, readonly Buffer[]>> => {
  const client = kafkaOf(brokers);
  const [admin, consumer] = [client.admin(), client.consumer({ groupId: randomUUID() })];
  await Promise.all([admin.connect(), consumer.connect()]);
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith('kontor'));
  const missing = new Map<string, number>();
  for (const topic of topics)
    for (const { partition, high, low } of await admin.fetchTopicOffsets(topic))
      if (Number(high) > Number(low)) missing.set(`${topic}/${partition}`, Number(high) - (isAnswer(topic) ? 2 : 1));
  const records = new Map<string, Buffer[]>(topics.map((topic) => [topic, []]));
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    eachMessage: ({ topic, partition, message }) => {
      const { key, headers = {}, value, offset } = message;
      const texts = Object.values(headers).map((header) => Buffer.from(String(header)));
      records.get(topic)?.push(...[key, value].filter((bytes) => bytes !== null), ...texts);
      if (Number(offset) >= (missing.get(`${topic}/${partition}`) ?? Infinity)) missing.delete(`${topic}/${partition}`);
      return Promise.resolve();
    },
  });
  await until(() => missing.size === 0, { for: 'all records to be read', withinMs: 60_000 });
  await Promise.all([admin.disconnect(), consumer.disconnect()]);
  return records;
};
