import { afterEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { TransientError } from '../transient-error.js';
import { answerRoutes } from './answer-routes.js';

type Sent = readonly [command: string, data: object, occurredAt: string | undefined];

const apps: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

/** A supplier with the request `f-1`, whose answers become commands to an API that answers with the status. */
const supplier = (status = 200) => {
  const sent: Sent[] = [];
  const app = fastify({ forceCloseConnections: true });
  apps.push(app);
  let url: Promise<string> | undefined;
  answerRoutes(app, {
    adapter: 'acme',
    location: 'acme',
    api: {
      sendCommand: (command, data, { occurredAt }) => {
        if (status === 0) return Promise.reject(new TransientError('no answer'));
        sent.push([command, data, occurredAt]);
        return Promise.resolve({ status, body: { title: 'from Kontor' } });
      },
    },
    mappings: {
      ourNameOf: (_, theirs) => Promise.resolve({ OUT_OF_STOCK: 'not-found', PARCEL4YOU: 'parcel-for-you' }[theirs]),
    },
    requests: {
      find: (id) =>
        Promise.resolve(
          id === 'f-1' ? { orderId: 'o-1', lines: [{ lineId: '1', sku: 'MUG', quantity: 2 }] } : undefined,
        ),
    },
  });
  const answer = async (kind: string, body?: object, id = 'f-1') => {
    url ??= app.listen({ host: '127.0.0.1', port: 0 });
    const init = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${await url}/orders/${id}/${kind}`, { method: 'POST', ...init });
    return { status: response.status, body: await response.json() };
  };
  return { answer, sent };
};
const common = { fulfillmentId: 'f-1', locationId: 'acme' };

describe('an answer of a supplier', () => {
  it('accepts a request', async () => {
    const { answer, sent } = supplier();
    expect(await answer('accept')).toMatchObject({ status: 200 });
    expect(sent).toEqual([['AcceptFulfillment', common, undefined]]);
  });

  it('rejects units for a reason that Kontor knows', async () => {
    const { answer, sent } = supplier();
    await answer('reject', { reason: 'OUT_OF_STOCK', lines: [{ line_id: '1', quantity: 1 }] });
    await answer('reject', { reason: 'WHATEVER' });
    expect(sent).toMatchObject([
      ['RejectFulfillment', { ...common, reason: 'not-found', lines: [{ lineId: '1', quantity: 1 }] }],
      ['RejectFulfillment', { ...common, reason: 'other' }],
    ]);
  });

  it('ships all lines unless it names some', async () => {
    const { answer, sent } = supplier();
    const shipped_at = '2026-01-31T12:00:00Z';
    await answer('shipments', { shipment_id: 'P-1', carrier: 'PARCEL4YOU', tracking: 'T', shipped_at });
    const parcel = { ...common, parcelId: 'P-1' };
    expect(sent).toEqual([
      ['PackParcel', { ...parcel, lines: [{ lineId: '1', quantity: 2 }] }, shipped_at],
      ['ShipParcel', { ...parcel, carrier: 'parcel-for-you', tracking: 'T' }, shipped_at],
    ]);
  });

  it.each<[string, string, object]>([
    ['lines that are no list', 'reject', { lines: 'all' }],
    ['a line that is null', 'reject', { lines: [null] }],
    ['a line without a quantity', 'shipments', { shipment_id: 'P', lines: [{ line_id: '1' }] }],
    ['a time that is none', 'shipments', { shipment_id: 'P', shipped_at: 'yesterday\n' }],
    ['no shipment', 'shipments', { carrier: 'PARCEL4YOU' }],
    ['no shipment', 'deliveries', {}],
    ['a list instead of an object', 'accept', []],
  ])('with %s is refused (%s)', async (_, kind, body) => {
    const { answer, sent } = supplier();
    expect(await answer(kind, body)).toMatchObject({ status: 400, body: { title: expect.stringContaining('body') } });
    expect(sent).toEqual([]);
  });

  it('to an unknown request is refused', async () =>
    expect(await supplier().answer('accept', {}, 'f-2')).toMatchObject({ status: 404 }));

  it('gets the refusal of Kontor, and sends no further command', async () => {
    const { answer, sent } = supplier(409);
    const shipment = { shipment_id: 'P-1', carrier: 'PARCEL4YOU' };
    expect(await answer('shipments', shipment)).toEqual({ status: 409, body: { title: 'from Kontor' } });
    expect(sent).toHaveLength(1);
  });

  it('is to be sent again when Kontor does not answer', async () =>
    expect(await supplier(0).answer('accept')).toMatchObject({ status: 503 }));
});
