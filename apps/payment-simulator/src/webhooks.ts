import { setTimeout as pause } from 'node:timers/promises';
import { requestHttp } from '#host';
import { retryDelayMs } from '#kernel';
import { type BankEntry, signWebhook, PAYMENT_SIGNATURE_HEADER, PAYMENT_WEBHOOK_CONTENT_TYPE } from '#payments';
import { answerOf } from './answer.js';
import { type WebhookFault } from './faults.js';

const TRIES = 8;
const DELAYS = { firstMs: 200, maxMs: 30_000 };
const LATE_MS = 2_000;
/** For an answer. */
const PATIENCE_MS = 5_000;
/** A provider does this besides its work. */
const SOON_MS = 100;

/** Sends the merchant what was done, until it is acknowledged or the attempts run out. */
export class Webhooks {
  private readonly stop = new AbortController();
  private readonly open = new Set<Promise<unknown>>();

  constructor(
    private readonly url: string,
    private readonly secret: string,
  ) {}

  /** @returns once it has arrived, or never will */
  notify(entry: BankEntry, fault?: WebhookFault): Promise<unknown> {
    if (this.url === '' || fault === 'none') return Promise.resolve();
    const notice = this.send(entry, fault);
    this.open.add(notice);
    return notice.finally(() => this.open.delete(notice));
  }

  async close(): Promise<void> {
    this.stop.abort();
    await Promise.allSettled(this.open);
  }

  private async send(entry: BankEntry, fault: WebhookFault | undefined) {
    if (fault !== 'early') await this.pause(fault === 'late' ? LATE_MS : SOON_MS);
    await this.deliver(entry);
    if (fault === 'twice') await this.deliver(entry);
  }

  private async deliver(entry: BankEntry) {
    for (let tries = 1; tries <= TRIES && !this.stop.signal.aborted; tries++) {
      if (await this.post(entry)) return;
      await this.pause(retryDelayMs(tries, DELAYS));
    }
  }

  private async post(entry: BankEntry): Promise<boolean> {
    const { paymentId, operationId } = entry;
    const body = JSON.stringify({ paymentId, operationId, ...answerOf(entry) });
    const headers = {
      'content-type': PAYMENT_WEBHOOK_CONTENT_TYPE,
      [PAYMENT_SIGNATURE_HEADER]: signWebhook(this.secret, body, Date.now()),
    };
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      return (await requestHttp(this.url, { method: 'POST', headers, body, signal })).status < 300;
    } catch {
      return false;
    }
  }

  private pause(ms: number) {
    return pause(ms, undefined, { signal: this.stop.signal }).catch(() => undefined);
  }
}
