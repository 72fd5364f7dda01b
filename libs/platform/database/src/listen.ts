import { Client } from 'pg';
import { type DataSource } from 'typeorm';
import { retryDelayMs } from '#kernel';

export interface Listener {
  /** Receives the payload of each `pg_notify` on the channel. */
  readonly message: (payload: string) => void;
  /** Called after a lost connection is restored: notifications in between were missed. */
  readonly gap?: () => void;
}

export interface Listening {
  close(): Promise<void>;
}

const DELAYS = { firstMs: 100, maxMs: 5_000 };

/** Listens to notifications on a connection of its own, and reconnects when it breaks. */
export const listen = async (dataSource: DataSource, channel: string, listener: Listener): Promise<Listening> => {
  const { url } = dataSource.options as { url?: string };
  let closed = false;
  let client: Client | undefined;
  let retry: NodeJS.Timeout | undefined;

  const connect = async () => {
    const next = new Client({ connectionString: url, application_name: `kontor-listen-${channel}`, keepAlive: true });
    next.on('error', () => undefined); // 'end' follows
    next.on('notification', ({ payload = '' }) => listener.message(payload));
    await next.connect();
    await next.query(`LISTEN ${next.escapeIdentifier(channel)}`);
    next.on('end', () => reconnect(1));
    client = next;
  };
  const reconnect = (tries: number) => {
    if (closed) return;
    retry = setTimeout(
      () => {
        connect().then(
          () => listener.gap?.(),
          () => reconnect(tries + 1),
        );
      },
      retryDelayMs(tries, DELAYS),
    );
  };

  await connect();
  return {
    close: async () => {
      closed = true;
      clearTimeout(retry);
      await client?.end();
    },
  };
};
