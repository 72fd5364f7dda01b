import { type TillStock } from '#channels';

interface Address {
  /** Of the adapter: `http://…/v1/pos` */
  readonly url: string;
  readonly key: string;
  readonly till: string;
}

export interface UploadAnswer {
  readonly status: number;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** The last line; undefined when the answer is not whole. */
  readonly summary: Readonly<Record<string, number>> | undefined;
}

/** A till as the other side of the adapter: it works by itself, and talks when it can. */
export class TillSimulator {
  /** What it believes that it can sell: here, and everywhere. */
  readonly stock = new Map<string, { readonly here: number; readonly everywhere: number }>();
  private cursor: number | undefined;

  constructor(private readonly address: Address) {}

  /** @param lines objects, or text as it is */
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

  /** Everything at first, then what has changed. @returns how many SKUs it was told of */
  async pullStock(): Promise<number> {
    const { cursor } = this;
    const since = cursor === undefined ? '' : `?since=${cursor}`;
    const headers = cursor === undefined ? {} : { 'if-none-match': `"${cursor}"` };
    const response = await this.fetch(`/stock/${this.address.till}${since}`, { headers });
    if (response.status === 304) return 0;
    const told = (await response.json()) as TillStock;
    for (const [sku, here, everywhere] of told.stock) this.stock.set(sku, { here, everywhere });
    this.cursor = told.cursor;
    return told.stock.length;
  }

  private fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const { url, key } = this.address;
    return fetch(url + path, { ...init, headers: { authorization: `Bearer ${key}`, ...(init.headers as object) } });
  }
}
