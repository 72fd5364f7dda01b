import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseConnectionString } from '@eventstore/db-client/dist/Client/parseConnectionString.js';
import { type ChannelCredentials, type ChannelOptions, credentials } from '@grpc/grpc-js';
import { StoreUnavailable } from './store-unavailable.js';

/** The settings in a connection string. */
export interface ConnectionSettings {
  /** `host:port` of each node that it names. */
  readonly nodes: readonly string[];
  /** Whether it names several nodes, or one that knows the others (`esdb+discover`). */
  readonly isCluster: boolean;
  /** With TLS. */
  readonly secure: boolean;
  readonly user: string | undefined;
  /** Sent with each call. */
  readonly headers: Readonly<Record<string, string>>;
  readonly channel: ChannelCredentials;
  readonly options: ChannelOptions;
}

/** Events of other clients may be larger than Kontor's own, up to what the server takes. */
const MAX_MESSAGE_BYTES = 17 * 1024 * 1024;
/**
 * The server may send so many bytes ahead of the reader. It drops a live subscription whose events it cannot send, and with the 64 KiB
 * of HTTP/2, all reads together would get 64 KiB in each round trip, which takes a second between processes that get little time.
 */
const WINDOW_BYTES = 16 * 1024 * 1024;

type Parsed = ReturnType<typeof parseConnectionString>;

/** @throws StoreUnavailable that says what is wrong with the connection string */
export const parseConnectionSettings = (url: string): ConnectionSettings => {
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
      // A follower might answer with old data. With this header, it refuses the call and names the leader.
      'requires-leader': 'true',
      // Never sent unencrypted.
      ...(login && secure && { authorization: `Basic ${base64(`${login.username}:${login.password}`)}` }),
    },
    channel: secure ? tlsCredentials(parsed) : credentials.createInsecure(),
    options: {
      'grpc.keepalive_time_ms': keepAliveMs(parsed.keepAliveInterval),
      'grpc.keepalive_timeout_ms': keepAliveMs(parsed.keepAliveTimeout),
      'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
      'grpc-node.flow_control_window': WINDOW_BYTES,
      // Connections are not shared: a new one does not inherit the back-off of the last.
      'grpc.use_local_subchannel_pool': 1,
    },
  };
};

const base64 = (text: string) => Buffer.from(text).toString('base64');

const keepAliveMs = (ms = 10_000) => (ms < 0 ? Number.MAX_SAFE_INTEGER : ms);

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

const tlsCredentials = ({ tlsCAFile, userCertFile, userKeyFile }: Parsed) => {
  if ((userCertFile === undefined) !== (userKeyFile === undefined))
    throw new StoreUnavailable('KONTOR_EVENTSTORE_URL needs both userCertFile and userKeyFile, or neither.', false);
  try {
    return credentials.createSsl(
      readOptionalFile(tlsCAFile),
      readOptionalFile(userKeyFile),
      readOptionalFile(userCertFile),
    );
  } catch (error) {
    const { message } = error as Error;
    throw new StoreUnavailable(
      `A certificate or key that KONTOR_EVENTSTORE_URL names cannot be used: ${message}`,
      false,
      error,
    );
  }
};

const readOptionalFile = (path: string | undefined) => (path === undefined ? null : readFileSync(path));
