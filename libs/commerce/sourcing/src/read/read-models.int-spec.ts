import { START } from '#event-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DataSource } from 'typeorm';
import { readModels } from '#registry';
import { openDatabase } from '#database';
import { type Message } from '#kernel';
import { Projector, Registry } from '#projections';
import { aCause, InMemoryEventStore, newEvents, startTestDatabase, type TestDatabase } from '#testing';
import { type Policy } from '../domain/policy.js';
import { CachedLocationLoads } from './cached-location-loads.js';

const NOON = new Date('2026-01-01T12:00:00.000Z');
const TOMORROW = new Date('2026-01-02T00:00:00.000Z');
const policy: Policy = { strategies: [{ name: 's', criteria: [], fallback: 'reject' }], shipToStore: true };

let server: TestDatabase;
let app: DataSource;
const store = new InMemoryEventStore();

const append = async (stream: string, ...events: readonly Message[]) => {
  const revision = store.events.filter((recorded) => recorded.stream === stream).length - 1;
  await store.append(stream, revision, newEvents(events, aCause()));
};
const assigned = (locationId: string): Message => ({
  type: 'FulfillmentAssigned',
  data: { ...{ orderId: 'o', channel: 'web', method: 'ship', lines: [], attempt: 1 }, locationId },
});

beforeAll(async () => {
  server = await startTestDatabase();
  await append('sourcingpolicy-p', { type: 'SourcingPolicyPublished', data: { ...policy, version: 1 } });
  await append('sourcingpolicy-p', { type: 'SourcingPolicyActivated', data: { version: 1 } });
  await append('fulfillment-1', assigned('leeds'), { type: 'FulfillmentAccepted', data: { orderId: 'o' } });
  await append('fulfillment-2', assigned('leeds'));
  await append('fulfillment-3', assigned('york'));
  for (let times = 0; times < 2; times++) {
    const projector = new Projector(new Registry(server.owner, readModels));
    await projector.resume();
    await projector.handle({ events: store.events, position: store.events.at(-1)?.position ?? START, caughtUp: true });
    await projector.close();
  }
  const entities = readModels.projections.map(({ table }) => table);
  app = await openDatabase({ url: server.postgres.appUrl, role: 'app', entities });
});

afterAll(async () => {
  await app.destroy();
  await server.stop();
});

describe('the load of a location', () => {
  it('counts each assigned fulfillment of a day once', async () => {
    const loads = new CachedLocationLoads(app);
    expect(loads.assignedToday('leeds')).toBe(0);
    await loads.refreshIfStale(NOON);
    expect(['leeds', 'york', 'hull'].map((place) => loads.assignedToday(place))).toEqual([2, 1, 0]);
  });

  it('starts at 0 every day', async () => {
    const loads = new CachedLocationLoads(app);
    await loads.refreshIfStale(NOON);
    await loads.refreshIfStale(TOMORROW);
    expect(loads.assignedToday('leeds')).toBe(0);
  });

  it('is not read again while it is fresh', async () => {
    const loads = new CachedLocationLoads(app);
    await loads.refreshIfStale(TOMORROW);
    await loads.refreshIfStale(new Date(TOMORROW.getTime() + 1000));
    expect(loads['refreshedAt']).toBe(TOMORROW.getTime());
  });
});

it('bi views have one row per version of a policy, and per day of a location', async () => {
  const versions: unknown = await server.owner.query('SELECT policy_id, version, content FROM bi.sourcing_policy');
  const days: unknown = await server.owner.query(
    'SELECT location_id, day::text, assigned FROM bi.location_load ORDER BY 1',
  );
  expect(versions).toEqual([{ policy_id: 'p', version: 1, content: policy }]);
  expect(days).toEqual([
    { location_id: 'leeds', day: '2026-01-01', assigned: 2 },
    { location_id: 'york', day: '2026-01-01', assigned: 1 },
  ]);
});
