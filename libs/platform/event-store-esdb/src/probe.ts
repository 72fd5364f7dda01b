import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { type NewEvent } from '#event-store';
import { AppendRefused, AppendStream } from './append-stream.js';
import { Connection } from './connection.js';
import { readResponses } from './read-responses.js';
import { readNewestOfAll, readStreamFrom } from './read-request.js';
import { type ConnectionSettings } from './connection-settings.js';
import { StoreUnavailable, asStoreUnavailable } from './store-unavailable.js';

/** The answer of a server that Kontor can work with. */
export interface ServerInfo {
  readonly version: string;
  /** One sentence if Kontor has not been run on this version. */
  readonly remark: string | undefined;
}

const ANSWER_TIMEOUT_MS = 3_000;
const MIN_TRIED_VERSION = 23.1;
const MAX_TRIED_YEAR = 24;
/** A stream to which nobody writes. */
const PROBE_STREAM = 'kontor-probe';
const IMPOSSIBLE_REVISION = Number.MAX_SAFE_INTEGER - 1;

/**
 * Asks a node for its version, and tries what Kontor needs to do there: read `$all`, read streams, and append. Writes nothing.
 * @throws StoreUnavailable that says what is wrong and how to fix it
 */
export const probeServer = async (node: string, settings: ConnectionSettings): Promise<ServerInfo> => {
  const connection = new Connection(node, settings);
  try {
    const features = await connection.features(ANSWER_TIMEOUT_MS);
    if (!features.getMethodsList().some((method) => method.getMethodName().toLowerCase() === 'batchappend'))
      throw new StoreUnavailable(
        `The event store at ${node} is too old (version ${features.getEventStoreServerVersion()}): Kontor needs EventStoreDB 23.10 or newer.`,
        false,
      );
    for (const request of [readNewestOfAll, readStreamFrom(PROBE_STREAM, 0)]) await readToEnd(connection.read(request));
    await assertMayAppend(connection);
    return serverInfoOf(node, features.getEventStoreServerVersion());
  } catch (error) {
    throw asStoreUnavailable(error, node, settings);
  } finally {
    connection.close();
  }
};

const readToEnd = async (call: ReturnType<Connection['read']>) => {
  const frames = readResponses(call, ANSWER_TIMEOUT_MS)[Symbol.asyncIterator]();
  while (!(await frames.next()).done);
};

/** Appends at a revision that the stream does not have: the rights are checked as for any append, and then it conflicts. */
const assertMayAppend = async (connection: Connection) => {
  const event: NewEvent = {
    id: randomUUID(),
    event: { type: 'Probed', data: {} },
    envelope: {} as NewEvent['envelope'],
  };
  const stream = new AppendStream(connection);
  try {
    const appended = await stream.append(PROBE_STREAM, IMPOSSIBLE_REVISION, [event], ANSWER_TIMEOUT_MS);
    if (appended.outcome === 'unknown') throw stream.failure ?? new Error(appended.reason);
  } catch (error) {
    if (!(error instanceof AppendRefused && error.reason === 'AccessDenied')) throw error;
    throw Object.assign(error, { code: status.PERMISSION_DENIED });
  } finally {
    stream.close();
  }
};

const serverInfoOf = (node: string, version: string): ServerInfo => {
  const [, year = '', month = ''] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  const number = Number(`${year}.${month.padStart(2, '0')}`);
  const known = number >= MIN_TRIED_VERSION && Number(year) <= MAX_TRIED_YEAR;
  const remark = `The event store at ${node} is of version ${version || '(unknown)'}: Kontor has been run on 23.10 and 24.`;
  return { version, remark: known ? undefined : remark };
};
