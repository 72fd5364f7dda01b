import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { SimulatedBank, type BankEntry, type ProviderRequest } from '#payments';
import { answerOf } from './answer.js';
import { type CallFault, Faults, type FaultPlan, type WebhookFault } from './faults.js';
import { JournalFile } from './journal-file.js';
import { Webhooks } from './webhooks.js';

export interface SimulatorOptions {
  readonly host?: string;
  readonly port?: number;
  /** Callers must know it; webhooks are signed with it. */
  readonly secret: string;
  /** Where webhooks go; none are sent without it. */
  readonly webhookUrl?: string | undefined;
  /** Without it, the journal ends with the process. */
  readonly journalFile?: string;
  readonly plan?: FaultPlan;
  /** How late a slow answer is. */
  readonly slowMs?: number;
}

const MAX_BODY_BYTES = 64 * 1024;

/** A payment provider that moves no money: it keeps an honest journal and answers as its faults will have it. */
export class Simulator {
  readonly bank: SimulatedBank;
  readonly faults: Faults;
  private readonly file: JournalFile | undefined;
  private readonly webhooks: Webhooks;
  private readonly server = createServer((request, response) => {
    this.serve(request, response).catch((error: unknown) => {
      if (!response.headersSent) reply(response, error instanceof SyntaxError ? 400 : 422, { error: String(error) });
    });
  });

  constructor(private readonly options: SimulatorOptions) {
    this.faults = new Faults(options.plan);
    this.webhooks = new Webhooks(options.webhookUrl ?? '', options.secret);
    this.file = options.journalFile === undefined ? undefined : new JournalFile(options.journalFile);
    this.bank = new SimulatedBank((entry) => this.file?.keep(entry));
    for (const entry of this.file?.entries ?? []) this.bank.restore(entry);
  }

  /** @returns its address */
  async start(): Promise<string> {
    const { host = '127.0.0.1', port = 0 } = this.options;
    await new Promise<void>((resolve, reject) => this.server.once('error', reject).listen(port, host, resolve));
    return `http://${host}:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await this.webhooks.close();
    await new Promise((resolve) => this.server.close(resolve).closeAllConnections());
    this.file?.close();
  }

  private async serve(request: IncomingMessage, response: ServerResponse) {
    const { method = '', url = '', headers } = request;
    if (url === '/health/live') reply(response, 200, { status: 'live' });
    else if (headers.authorization !== `Bearer ${this.options.secret}`) reply(response, 401, {});
    else if (url === '/journal') reply(response, 200, this.bank.journal);
    else if (method === 'POST') await this.execute(request, response);
    else this.query(url, response);
  }

  private async execute(request: IncomingMessage, response: ServerResponse) {
    const key = String(request.headers['idempotency-key']);
    const order = JSON.parse(await bodyOf(request)) as ProviderRequest;
    const { call, webhook } = this.faults.fateOf(key, order.token ?? this.bank.tokenOf(order.paymentId));
    if (call === 'lost') return void response.destroy();
    const isNew = !this.bank.entryOf(key);
    const entry = this.bank.execute(order, key);
    if (isNew) await this.announce(entry, webhook);
    await this.respond(entry, call, response);
  }

  /** An early webhook arrives before the answer is sent. */
  private async announce(entry: BankEntry, fault: WebhookFault | undefined) {
    const notified = this.webhooks.notify(entry, fault);
    if (fault === 'early') await notified;
  }

  private async respond(entry: BankEntry, fault: Exclude<CallFault, 'lost'> | undefined, response: ServerResponse) {
    if (fault === 'cut') return void response.destroy();
    if (fault === 'slow') await new Promise((resolve) => setTimeout(resolve, this.options.slowMs ?? 15_000));
    if (fault === 'error') reply(response, 500, {});
    else reply(response, 200, fault === 'lie' ? { status: 'declined', code: 'processing' } : answerOf(entry));
  }

  private query(url: string, response: ServerResponse) {
    const key = url.slice('/v1/operations/'.length);
    const entry = this.bank.entryOf(key);
    if (this.faults.fateOf(`${key}/query`).call) response.destroy();
    else reply(response, entry ? 200 : 404, entry ? answerOf(entry) : {});
  }
}

const reply = (response: ServerResponse, status: number, body: object) => {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = part as Buffer;
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new SyntaxError('The body is too large');
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
};
