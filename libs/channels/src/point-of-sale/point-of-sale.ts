import { Readable } from 'node:stream';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type EntityManager } from 'typeorm';
import { parseStockStream } from '#stock';
import { type AdapterContext, type ChannelAdapter } from '../adapter.js';
import { type PublishedConsumer } from '../consuming/published-consumer.js';
import { type PublishedEvent } from '../consuming/published-event.js';
import { findReceipt } from './find-receipt.js';
import { dayReport } from './report.js';
import { pointOfSaleSettings, type PointOfSaleSettings } from './settings.js';
import { TillLines } from './till-lines.js';
import { tillStockRoutes } from './till-stock.js';
import { Uploads } from './upload.js';

type AtDay = { Params: { till: string; day: string } };
type AtReceipt = { Params: { till: string; number: string } };

const LOOKS_EVERY_MS = 30_000;
const KEY_ID = /^Bearer kontor_[a-z0-9]+_([0-9a-f]{16})_/;

/** Tills that work offline: they upload what happened, look up receipts, and pull what they can sell. */
class PointOfSale implements ChannelAdapter, PublishedConsumer {
  readonly categories = ['stock'];
  readonly consumer = this;
  private readonly lines: TillLines;
  private readonly uploads: Uploads;
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

  /** Which goods of which receipt have moved, and what was missing: for the day's report. */
  async handle({ id: event, type, channel, stream, correlationId, data }: PublishedEvent, tx: EntityManager) {
    if (channel !== this.context.channel) return;
    const units = Number(data['quantity']);
    if (ISSUED.test(type)) return this.lines.moved(tx, { event, id: String(data['ref']), units });
    if (RESTOCKED.test(type)) return this.lines.moved(tx, { event, id: String(data['returnId']), units });
    if (!FELL_SHORT.test(type)) return;
    const shortfall = { ...parseStockStream(stream), short: Number(data['short']) };
    await this.lines.moved(tx, { event, id: correlationId, units: 0, shortfall });
  }

  /** Records what has waited long enough for the receipt that it names. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.context;
    while (!signal.aborted) {
      await this.uploads.settle().catch((error: unknown) => log('lines of tills still wait', { error: String(error) }));
      await clock.sleep(LOOKS_EVERY_MS, signal);
    }
  }

  routes(app: FastifyInstance): void {
    const { context, settings, lines } = this;
    app.addHook('preHandler', (request, reply, done) => this.mayBe(request, reply, done));
    app.post<AtDay>('/days/:till/:day', { config: { scope: 'orders:record' } }, async (request, reply) => {
      const { till: id, day } = request.params;
      const till = settings.tills.get(id);
      if (!till || !isDay(day))
        return refuse(reply, 404, 'There is no such till, or no such day: days/{till}/2030-01-31');
      if (!(await this.isRegistered(till.locationId)))
        return refuse(
          reply,
          409,
          `Till ${id} stands at ${till.locationId}, which is not registered: RegisterLocation comes first`,
        );
      if (!(request.body instanceof Readable)) return refuse(reply, 415, 'Send application/x-ndjson');
      return reply.type('application/x-ndjson').send(Readable.from(texts(this.uploads.take(request.body, till, day))));
    });
    app.get<AtDay>('/days/:till/:day', { config: { scope: 'orders:read' } }, async ({ params }, reply) => {
      const report = isDay(params.day) ? await dayReport(context.db, context.name, params) : undefined;
      return report ?? refuse(reply, 404, 'Nothing of this day was uploaded');
    });
    app.get<AtReceipt>('/receipts/:till/:number', { config: { scope: 'orders:read' } }, async ({ params }, reply) => {
      return (await findReceipt(context, lines, params)) ?? refuse(reply, 404, 'There is no such receipt here');
    });
    tillStockRoutes(app, context, settings.tills);
  }

  /** What is sold at a place that nobody knows would be booked nowhere. */
  private async isRegistered(locationId: string): Promise<boolean> {
    if (this.registered.has(locationId)) return true;
    const { body } = await this.context.api.get('/v1/locations');
    for (const one of body['items'] as { locationId: string }[]) this.registered.add(one.locationId);
    return this.registered.has(locationId);
  }

  /** A till with a key of its own speaks for itself alone; receipts are looked up by all. */
  private mayBe({ params, headers, method }: FastifyRequest, reply: FastifyReply, done: () => void) {
    const { till: id = '' } = params as { till?: string };
    const keyId = this.settings.tills.get(id)?.keyId;
    if (method === 'POST' && keyId !== undefined && keyId !== KEY_ID.exec(headers.authorization ?? '')?.[1])
      void refuse(reply, 403, `This is not the key of till ${id}`);
    else done();
  }
}

const ISSUED = /^com\.kontor\.stock\.issued\./;
const RESTOCKED = /^com\.kontor\.stock\.restocked\./;
const FELL_SHORT = /^com\.kontor\.stock\.shortfall-detected\./;

const isDay = (text: string) => {
  const time = /^[1-9]\d{3}-\d\d-\d\d$/.test(text) ? Date.parse(text) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text); // 31 February is another day
};

const refuse = (reply: FastifyReply, status: number, title: string) =>
  reply.code(status).type('application/problem+json').send({ status, title });

async function* texts(results: AsyncIterable<object>) {
  for await (const result of results) yield `${JSON.stringify(result)}\n`;
}

/** @throws Error that names what is wrong in the settings */
export const openPointOfSale = (settings: unknown, context: AdapterContext): ChannelAdapter =>
  new PointOfSale(context, pointOfSaleSettings(context.name, settings));
