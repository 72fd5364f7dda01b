import { type TillStock } from '#channels';

interface TillAddress {
  /** Base URL of the adapter, such as `http://…/v1/pos`. */
  readonly url: string;
  /** API key. */
  readonly key: string;
  /** Id of the till. */
  readonly till: string;
}

export interface UploadAnswer {
  readonly status: number;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** The last line; undefined where the answer is not complete. */
  readonly summary: Readonly<Record<string, number>> | undefined;
}

/** A till that works offline, and talks to the adapter when it can. */
export class TillSimulator {
  /** SKU → units that it can sell at its own location, and everywhere. */
  readonly stock = new Map<string, { readonly here: number; readonly everywhere: number }>();
  private cursor: number | undefined;

  constructor(private readonly address: TillAddress) {}

  /** @param lines documents, or lines as text */
  async upload(day: string, lines: readonly (object | string)[]): Promise<UploadAnswer> {
    const body = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
    const headers = { 'content-type': 'application/x-ndjson' };
    const response = await this.fetch(`/days/${this.address.till}/${day}`, { method: 'POST', headers, body });
    const answers = (await response.text())
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as UploadAnswer['lines'][number]]));
    const summary = answers.at(-1)?.['lines'] === undefined ? undefined : answers.pop();
    return { status: response.status, lines: answers, summary: summary as UploadAnswer['summary'] };
  }

  async report(day: string): Promise<Readonly<Record<string, unknown>>> {
    return (await (await this.fetch(`/days/${this.address.till}/${day}`)).json()) as Readonly<Record<string, unknown>>;
  }

  async receipt(till: string, number: string): Promise<{ readonly status: number; readonly body: unknown }> {
    const response = await this.fetch(`/receipts/${till}/${number}`);
    return { status: response.status, body: await response.json() };
  }

  /** Reads a snapshot of its stock the first time, and changes afterwards. @returns the number of SKUs */
  async pullStock(): Promise<number> {
    const { cursor } = this;
    const since = cursor === undefined ? '' : `?since=${cursor}`;
    const headers = cursor === undefined ? {} : { 'if-none-match': `"${cursor}"` };
    const response = await this.fetch(`/stock/${this.address.till}${since}`, { headers });
    if (response.status === 304) return 0;
    const answer = (await response.json()) as TillStock;
    for (const [sku, here, everywhere] of answer.stock) this.stock.set(sku, { here, everywhere });
    this.cursor = answer.cursor;
    return answer.stock.length;
  }

  private fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const { url, key } = this.address;
    return fetch(url + path, { ...init, headers: { authorization: `Bearer ${key}`, ...(init.headers as object) } });
  }
}
