import { type Position, asPosition } from '#event-store';
import { EventStoreDBClient } from '@eventstore/db-client';
import { isForeign } from './noise.js';

/** An event as it lies in the log, read by the store's own client. */
export interface Logged<Type extends string = string, Data = unknown> {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
  readonly id: string;
  readonly type: Type;
  readonly data: Data;
  readonly commandId: string;
  readonly channel: string;
  readonly actor: string;
}

/** The whole log, but for the store's own events and the noise that others make. */
export const readLog = async (url: string): Promise<readonly Logged[]> => {
  const client = EventStoreDBClient.connectionString(url);
  const log: Logged[] = [];
  try {
    for await (const { event } of client.readAll()) {
      if (!event || event.streamId.startsWith('$') || isForeign(event.streamId)) continue;
      const { commandId, channel, actor } = event.metadata as Pick<Logged, 'commandId' | 'channel' | 'actor'>;
      const { streamId: stream, id, type, data } = event;
      const at = { revision: Number(event.revision), position: asPosition(Number(event.position.commit)) };
      log.push({ stream, id, type, data, commandId, channel, actor, ...at });
    }
    return log;
  } finally {
    await client.dispose();
  }
};
