import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type Fields } from './client.js';
import { type Kontor } from './kontor.js';
import { until } from './until.js';

/** Writes a channels file. @returns the environment for a Kontor that hosts them */
export const hosting = (channels: readonly object[]): Readonly<Record<string, string>> => {
  const file = join(mkdtempSync(join(tmpdir(), 'kontor-channels-')), 'channels.json');
  writeFileSync(file, JSON.stringify({ channels }), { mode: 0o600 });
  return { KONTOR_CHANNELS: file };
};

interface Status {
  readonly consumers: readonly { readonly name: string; readonly lag: number; readonly state: string }[];
  readonly endpoints: readonly { readonly adapter: string; readonly pending: number; readonly dead: number }[];
  readonly parked: readonly { readonly consumer: string; readonly stream: string; readonly reason: string }[];
}

/** The host of channel adapters of a Kontor, with the administrator's key. */
export class Channels {
  constructor(private readonly kontor: Kontor) {}

  get client(): Client {
    const { channelsUrl } = this.kontor.runFile;
    if (channelsUrl === undefined) throw new Error('This Kontor hosts no channels');
    return new Client(channelsUrl, this.kontor.adminKey);
  }

  async status(): Promise<Status> {
    return (await this.client.read('/v1/channels')) as unknown as Status;
  }

  /** Reads the availability feed of an adapter. @returns SKU → entry */
  async availability(adapter: string, since = 0): Promise<ReadonlyMap<string, Fields>> {
    const { body } = await this.client.get(`/v1/${adapter}/availability?since=${since}`);
    const lines = ((body ?? '') as string).split('\n').filter(Boolean);
    return new Map(lines.map((line) => JSON.parse(line) as Fields).map((one) => [String(one['sku']), one]));
  }

  /** Waits until adapters have handled all events and delivered all messages. */
  async settled(withinMs = 60_000): Promise<void> {
    await this.kontor.settled(withinMs);
    let quiet = 0;
    const isQuiet = async () => {
      const [{ consumers, endpoints }, { body }] = await Promise.all([this.status(), this.client.get('/metrics')]);
      const behind = Number(/^kontor_channels_promises_behind (\d+)/m.exec(String(body))?.[1]);
      const isIdle =
        behind === 0 && consumers.every(({ lag }) => lag === 0) && endpoints.every(({ pending }) => pending === 0);
      quiet = isIdle ? quiet + 1 : 0;
      return quiet > 2;
    };
    await until(isQuiet, { for: 'the channels to have delivered everything', withinMs, everyMs: 150 });
  }
}
