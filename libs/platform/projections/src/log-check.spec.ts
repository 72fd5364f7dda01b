import { beforeEach, describe, expect, it } from '@jest/globals';
import { type DataSource } from 'typeorm';
import { NO_STREAM, type Position, LogMismatch, START } from '#event-store';
import { InMemoryEventStore, newEvents } from '#testing';
import { checkLog, watchLog } from './log-check.js';

let log: InMemoryEventStore;
let row: { readModels: Position; others: Position | null; lastEvent: Position; mark: object | null };
const db = { query: () => Promise.resolve([row]) } as unknown as DataSource;

/** Records three events in one stream. */
const recordThree = async () => {
  const store = new InMemoryEventStore();
  await store.append('stock-MUG', NO_STREAM, newEvents([1, 2, 3].map((n) => ({ type: 'StockReceived', data: { n } }))));
  return store;
};

beforeEach(async () => {
  log = await recordThree();
  const { stream, revision, id, position } = log.events[2] ?? {};
  const at = position ?? START;
  row = { readModels: at, others: at, lastEvent: at, mark: { stream, revision, id } };
});

const reason = () => checkLog(db, log).catch((error: unknown) => String(error));

describe('the log compared with the database', () => {
  it('fits if it has what was folded last', async () => {
    await expect(checkLog(db, log)).resolves.toBeUndefined();
  });

  it('fits a database that is older', async () => {
    const { stream, revision, id, position = START } = log.events[0] ?? {};
    row = { readModels: position, others: START, lastEvent: position, mark: { stream, revision, id } };
    await expect(checkLog(db, log)).resolves.toBeUndefined();
  });

  it('fits if a checkpoint stands on an event of others that is gone, but not if nobody knows what was folded', async () => {
    const [between] = log.events;
    log.contains = (position) => Promise.resolve(position !== between?.position);
    const { position = START } = between ?? {};
    row = { ...row, readModels: position, others: position };
    await expect(checkLog(db, log)).resolves.toBeUndefined();
    row = { ...row, mark: null };
    expect(await reason()).toMatch(/no event at position/);
  });

  it('does not fit if it ends before a checkpoint', async () => {
    log = new InMemoryEventStore();
    expect(await reason()).toMatch(
      /no event at position \d+, the checkpoint of the read models.* lost.* kontor consumers reset/,
    );
    row = { ...row, readModels: START };
    expect(await reason()).toMatch(/no event at position \d+, the checkpoint of processes and topics/);
  });

  it('does not fit if another event is where the last one was', async () => {
    const mark = { stream: 'stock-MUG', revision: 2, id: '3f0e2a52-6a0f-4c0a-8d5c-0a6d1c5d9d11' };
    row = { ...row, mark };
    expect(await reason()).toMatch(/another event at position \d+, the checkpoint of the read models/);
    row = { ...row, mark: { ...mark, stream: 'stock-CUP' } };
    expect(await reason()).toMatch(/another event/);
  });

  it('is watched while everything runs', async () => {
    const watching = watchLog(db, log, new AbortController().signal);
    row = { ...row, mark: { stream: 'stock-MUG', revision: 2, id: 'another' } };
    await expect(watching).rejects.toThrow(LogMismatch);
  });
});
