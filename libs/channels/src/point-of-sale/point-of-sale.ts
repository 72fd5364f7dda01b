import { Readable } from 'node:stream';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type EntityManager } from 'typeorm';
import { isDay } from '#kernel';
import { parseStockStream } from '#stock';
import { type AdapterContext, type ChannelAdapter } from '../adapter.js';
import { type PublishedEventConsumer } from '../inbox/published-event-consumer.js';
import { type PublishedEvent } from '../inbox/published-event.js';
import { dayReport } from './day-report.js';
import { findReceipt } from './find-receipt.js';
import { type PointOfSaleSettings, pointOfSaleSettingsOf } from './settings.js';
import { TillLines } from './till-lines.js';
import { tillStockRoutes } from './till-stock.js';
import { Uploads } from './uploads.js';

type DayRoute = { Params: { till: string; day: string } };
type ReceiptRoute = { Params: { till: string; number: string } };

const SEND_WAITING_EVERY_MS = 30_000;
/** Captures the id of an API key. */
const API_KEY = /^Bearer kontor_[a-z0-9]+_([0-9a-f]{16})_/;

const STOCK_ISSUED = /^com\.kontor\.stock\.issued\./;
const STOCK_RESTOCKED = /^com\.kontor\.stock\.restocked\./;
const STOCK_SHORTFALL = /^com\.kontor\.stock\.shortfall-detected\./;

/** Tills that sell offline: they upload what has happened, look up receipts, and read what they can sell. */
class PointOfSale implements ChannelAdapter, PublishedEventConsumer {
  readonly categories = ['stock'];
  readonly consumer = this;
  private readonly lines: TillLines;
  private readonly uploads: Uploads;
  /** Ids of locations that are known to be registered. */
  private readonly registered = new Set<string>();

  constructor(
    private readonly context: AdapterContext,
    private readonly settings: PointOfSaleSettings,
  ) {
    this.lines = new TillLines(context.db, context.name);
    this.uploads = new Uploads(context, settings, this.lines);
  }

  get name() {
    return this.context.name;
  }

  /** Stores the stock movements and shortfalls of each document, for the day's report. */
  async handle({ id: event, type, channel, stream, correlationId, data }: PublishedEvent, tx: EntityManager) {
    if (channel !== this.context.channel) return;
    const units = Number(data['quantity']);
    if (STOCK_ISSUED.test(type)) return this.lines.storeMovement(tx, { event, id: String(data['ref']), units });
    if (STOCK_RESTOCKED.test(type)) return this.lines.storeMovement(tx, { event, id: String(data['returnId']), units });
    if (!STOCK_SHORTFALL.test(type)) return;
    const shortfall = { ...parseStockStream(stream), short: Number(data['short']) };
    await this.lines.storeMovement(tx, { event, id: correlationId, units: 0, shortfall });
  }

  /** Records documents that have waited long enough for the receipt that they name. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.context;
    while (!signal.aborted) {
      await this.uploads
        .sendWaiting()
        .catch((error: unknown) => log('waiting documents of tills cannot be recorded', { error: String(error) }));
      await clock.sleep(SEND_WAITING_EVERY_MS, signal);
    }
  }

  routes(app: FastifyInstance): void {
    const { context, settings, lines } = this;
    app.addHook('preHandler', (request, reply, done) => this.checkTillKey(request, reply, done));
    app.post<DayRoute>('/days/:till/:day', { config: { scope: 'orders:record' } }, (request, reply) =>
      this.upload(request.params, request.body, reply),
    );
    app.get<DayRoute>('/days/:till/:day', { config: { scope: 'orders:read' } }, async ({ params }, reply) => {
      const report = isDay(params.day) ? await dayReport(context.db, context.name, params) : undefined;
      return report ?? refuse(reply, 404, 'Nothing was uploaded for this day');
    });
    app.get<ReceiptRoute>(
      '/receipts/:till/:number',
      { config: { scope: 'orders:read' } },
      async ({ params }, reply) => {
        return (await findReceipt(context, lines, params)) ?? refuse(reply, 404, 'There is no such receipt here');
      },
    );
    tillStockRoutes(app, context, settings.tills);
  }

  private async upload({ till: id, day }: DayRoute['Params'], body: unknown, reply: FastifyReply) {
    const till = this.settings.tills.get(id);
    if (!till || !isDay(day))
      return refuse(reply, 404, 'There is no such till, or no such day: days/{till}/2030-01-31');
    if (!(await this.isRegistered(till.locationId)))
      return refuse(
        reply,
        409,
        `Till ${id} stands at ${till.locationId}, which is not registered: send RegisterLocation first`,
      );
    if (!(body instanceof Readable)) return refuse(reply, 415, 'Send application/x-ndjson');
    const results = this.uploads.record(body, till, day);
    return reply.type('application/x-ndjson').send(Readable.from(asNdjson(results)));
  }

  /** A sale at a location that is not registered would change no stock. */
  private async isRegistered(locationId: string): Promise<boolean> {
    if (this.registered.has(locationId)) return true;
    const { body } = await this.context.api.get('/v1/locations');
    for (const location of body['items'] as { locationId: string }[]) this.registered.add(location.locationId);
    return this.registered.has(locationId);
  }

  /** Where a till has a key of its own, no other key may upload for it. Any key of the channel may read. */
  private checkTillKey({ params, headers, method }: FastifyRequest, reply: FastifyReply, done: () => void) {
    const { till: id = '' } = params as { till?: string };
    const keyId = this.settings.tills.get(id)?.keyId;
    if (method === 'POST' && keyId !== undefined && keyId !== API_KEY.exec(headers.authorization ?? '')?.[1])
      void refuse(reply, 403, `This is not the key of till ${id}`);
    else done();
  }
}

const refuse = (reply: FastifyReply, status: number, title: string) =>
  reply.code(status).type('application/problem+json').send({ status, title });

async function* asNdjson(results: AsyncIterable<object>) {
  for await (const result of results) yield `${JSON.stringify(result)}\n`;
}

/** @throws Error that names the setting that is wrong */
export const openPointOfSale = (settings: unknown, context: AdapterContext): ChannelAdapter =>
  new PointOfSale(context, pointOfSaleSettingsOf(context.name, settings));
