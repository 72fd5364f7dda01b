import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { type NewEvent } from '#event-store';
import { AppendRefused, AppendStream } from './append-stream.js';
import { Connection } from './connection.js';
import { framesOf } from './frames-of.js';
import { newestOfAll, streamFrom } from './read-request.js';
import { type Settings } from './settings.js';
import { StoreUnavailable, unavailable } from './store-unavailable.js';

/** What was learned of the server when it was asked. */
export interface Server {
  readonly version: string;
  /** One sentence when the version is not one that Kontor has been run on. */
  readonly remark: string | undefined;
}

const ANSWER_MS = 3_000;
const OLDEST = 23.1;
const NEWEST = 24;
/** Nobody writes there. */
const STREAM = 'kontor-probe';
const NEVER_REACHED = Number.MAX_SAFE_INTEGER - 1;

/**
 * Asks a node for its version, and whether Kontor may do there what it must: read `$all`, read streams, and append.
 * Writes nothing.
 * @throws StoreUnavailable that says what is wrong and what mends it
 */
export const probe = async (node: string, settings: Settings): Promise<Server> => {
  const connection = new Connection(node, settings);
  try {
    const features = await connection.features(ANSWER_MS);
    if (!features.getMethodsList().some((method) => method.getMethodName().toLowerCase() === 'batchappend'))
      throw new StoreUnavailable(
        `The event store at ${node} is too old (version ${features.getEventStoreServerVersion()}): Kontor needs EventStoreDB 23.10 or newer.`,
        false,
      );
    for (const request of [newestOfAll, streamFrom(STREAM, 0)]) await readThrough(connection.read(request));
    await mayAppend(connection);
    return serverOf(node, features.getEventStoreServerVersion());
  } catch (error) {
    throw unavailable(error, node, settings);
  } finally {
    connection.close();
  }
};

const readThrough = async (call: ReturnType<Connection['read']>) => {
  const frames = framesOf(call, ANSWER_MS)[Symbol.asyncIterator]();
  while (!(await frames.next()).done);
};

/** An append at a revision that the stream does not have is checked like any other, and conflicts. */
const mayAppend = async (connection: Connection) => {
  const event: NewEvent = {
    id: randomUUID(),
    event: { type: 'Probed', data: {} },
    envelope: {} as NewEvent['envelope'],
  };
  const stream = new AppendStream(connection);
  try {
    const appended = await stream.append(STREAM, NEVER_REACHED, [event], ANSWER_MS);
    if (appended.outcome === 'unknown') throw stream.failure ?? new Error(appended.reason);
  } catch (error) {
    if (!(error instanceof AppendRefused && error.reason === 'AccessDenied')) throw error;
    throw Object.assign(error, { code: status.PERMISSION_DENIED });
  } finally {
    stream.close();
  }
};

const serverOf = (node: string, version: string): Server => {
  const [, year = '', month = ''] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  const number = Number(`${year}.${month.padStart(2, '0')}`);
  const known = number >= OLDEST && Number(year) <= NEWEST;
  const remark = `The event store at ${node} is of version ${version || '(not told)'}: Kontor has been run on 23.10 and 24.`;
  return { version, remark: known ? undefined : remark };
};
