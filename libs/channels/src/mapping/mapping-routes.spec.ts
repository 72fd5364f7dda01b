import { afterEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { mappingRoutes } from './mapping-routes.js';
import { type MappingInput } from './mappings.js';

const apps: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

/** Routes whose mappings are put nowhere, and the mappings that were put. */
const routes = () => {
  const put: MappingInput[] = [];
  const mappings = {
    page: () => Promise.resolve([]),
    put: (_kind: string, items: readonly MappingInput[]) => Promise.resolve(void put.push(...items)),
    remove: () => Promise.resolve(false),
  };
  const app = fastify({ forceCloseConnections: true });
  apps.push(app);
  const checkData = (_kind: string, { data = {} }: MappingInput) =>
    'price' in data || Object.keys(data).length === 0 ? undefined : '"data" may have a "price" only';
  mappingRoutes(app, { mappings, kinds: ['sku'], checkData });
  const send = async (body: object, kind = 'sku') => {
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/mappings/${kind}`, { method: 'PUT', headers, body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  };
  return { put, send };
};
const mug = { ours: 'MUG', theirs: 'theirs-1' };

describe('mappings', () => {
  it('are put, with and without data', async () => {
    const { put, send } = routes();
    const items = [mug, { ours: 'CUP', theirs: 'theirs-2', data: { price: '1' } }];
    expect(await send({ items })).toEqual({ status: 200, body: { items: 2 } });
    expect(put).toEqual(items);
  });

  it.each<[string, object, string]>([
    ['that are no list', { items: 'MUG' }, '"items" must be a list'],
    ['that are null', { items: [null] }, 'items[0]: it must be an object'],
    ['without a name', { items: [mug, { ours: 'CUP' }] }, 'items[1]: "theirs" must be a name'],
    ['with data that are null', { items: [{ ...mug, data: null }] }, 'items[0]: "data" must be an object'],
    ['with data that are a list', { items: [{ ...mug, data: [] }] }, 'items[0]: "data" must be an object'],
    ['with other data', { items: [{ ...mug, data: { size: 1 } }] }, 'items[0]: "data" may have a "price" only'],
    ['with a name twice', { items: [mug, { ...mug, ours: 'CUP' }] }, '"theirs" has the same name twice'],
  ])('%s are refused as a whole', async (_, body, title) => {
    const { put, send } = routes();
    expect(await send(body)).toEqual({ status: 400, body: { title: expect.stringContaining(title) } });
    expect(put).toEqual([]);
  });

  it('of another kind do not exist', async () =>
    expect(await routes().send({ items: [mug] }, 'color')).toMatchObject({ status: 404 }));
});
