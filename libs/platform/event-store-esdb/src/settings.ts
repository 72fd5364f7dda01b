import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseConnectionString } from '@eventstore/db-client/dist/Client/parseConnectionString.js';
import { type ChannelCredentials, type ChannelOptions, credentials } from '@grpc/grpc-js';
import { StoreUnavailable } from './store-unavailable.js';

/** What a connection string says. */
export interface Settings {
  /** `host:port` of each node that it names. */
  readonly nodes: readonly string[];
  /** It names several nodes, or one from which the others are to be found. */
  readonly isCluster: boolean;
  /** TLS. */
  readonly secure: boolean;
  readonly user: string | undefined;
  /** Sent with each call. */
  readonly headers: Readonly<Record<string, string>>;
  readonly channel: ChannelCredentials;
  readonly options: ChannelOptions;
}

/** Events that other clients have written may be as large as this. */
const LARGEST_MESSAGE = 17 * 1024 * 1024;

type Parsed = ReturnType<typeof parseConnectionString>;

/** @throws StoreUnavailable that says what is wrong with the connection string */
export const settingsOf = (url: string): Settings => {
  const parsed = parse(url);
  const { hosts, dnsDiscover, connectionName = randomUUID(), defaultCredentials: login } = parsed;
  const secure = parsed.tls !== false;
  return {
    nodes: [...new Set(hosts.map(({ address, port }) => `${address}:${port}`))],
    isCluster: dnsDiscover || hosts.length > 1,
    secure,
    user: login?.username,
    headers: {
      'connection-name': connectionName,
      // A node that follows answers with what it has, which may be old; it must say so instead.
      'requires-leader': 'true',
      // Never sent in the clear.
      ...(login && secure && { authorization: `Basic ${base64(`${login.username}:${login.password}`)}` }),
    },
    channel: secure ? secured(parsed) : credentials.createInsecure(),
    options: {
      'grpc.keepalive_time_ms': orNever(parsed.keepAliveInterval),
      'grpc.keepalive_timeout_ms': orNever(parsed.keepAliveTimeout),
      'grpc.max_receive_message_length': LARGEST_MESSAGE,
      // Each connection is one of its own: a new one does not inherit what was wrong with the last.
      'grpc.use_local_subchannel_pool': 1,
    },
  };
};

const base64 = (text: string) => Buffer.from(text).toString('base64');

const orNever = (ms = 10_000) => (ms < 0 ? Number.MAX_SAFE_INTEGER : ms);

const parse = (url: string): Parsed => {
  try {
    return parseConnectionString(url);
  } catch (error) {
    const { message } = error as Error;
    throw new StoreUnavailable(
      `KONTOR_EVENTSTORE_URL is not a connection string like esdb://user:password@host:2113?tls=true: ${message}`,
      false,
      error,
    );
  }
};

const secured = ({ tlsCAFile, userCertFile, userKeyFile }: Parsed) => {
  if ((userCertFile === undefined) !== (userKeyFile === undefined))
    throw new StoreUnavailable('KONTOR_EVENTSTORE_URL needs both userCertFile and userKeyFile, or neither.', false);
  try {
    return credentials.createSsl(fileOf(tlsCAFile), fileOf(userKeyFile), fileOf(userCertFile));
  } catch (error) {
    const { message } = error as Error;
    throw new StoreUnavailable(
      `A certificate or key that KONTOR_EVENTSTORE_URL names cannot be used: ${message}`,
      false,
      error,
    );
  }
};

const fileOf = (path: string | undefined) => (path === undefined ? null : readFileSync(path));
