import { type Position, asPosition } from '#event-store';
import { type AllStreamRecordedEvent, EventStoreDBClient } from '@eventstore/db-client';
import { isForeign } from './noise.js';

/** An event of the log, read by the store's own client. */
export interface Logged<Type extends string = string, Data = unknown> {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
  readonly id: string;
  readonly type: Type;
  readonly data: Data;
  /** Empty, like channel and actor, if the event has no metadata of Kontor's. */
  readonly commandId: string;
  readonly channel: string;
  readonly actor: string;
}

/** The whole log, except for the store's own events and foreign events. */
export const readLog = async (url: string): Promise<readonly Logged[]> => {
  const client = EventStoreDBClient.connectionString(url);
  const log: Logged[] = [];
  try {
    for await (const { event } of client.readAll()) {
      if (event && isKontors(event)) log.push(loggedOf(event));
    }
    return log;
  } finally {
    await client.dispose();
  }
};

/** Counts the events of {@link readLog}; each call reads only new events. */
export class LogCounter {
  private count = 0;
  private last: { readonly commit: bigint; readonly prepare: bigint } | undefined;

  constructor(private readonly url: string) {}

  async now(): Promise<number> {
    const client = EventStoreDBClient.connectionString(this.url);
    try {
      for await (const { event } of client.readAll(this.last && { fromPosition: this.last })) {
        if (!event || event.position.commit === this.last?.commit) continue;
        this.last = event.position;
        if (isKontors(event)) this.count++;
      }
      return this.count;
    } finally {
      await client.dispose();
    }
  }
}

const isKontors = ({ streamId }: AllStreamRecordedEvent) => !streamId.startsWith('$') && !isForeign(streamId);

const loggedOf = ({ streamId, id, type, data, revision, position, metadata }: AllStreamRecordedEvent): Logged => {
  const { commandId = '', channel = '', actor = '' } = (metadata ?? {}) as Partial<Logged>;
  const place = { stream: streamId, revision: Number(revision), position: asPosition(Number(position.commit)) };
  return { ...place, id, type, data, commandId, channel, actor };
};
