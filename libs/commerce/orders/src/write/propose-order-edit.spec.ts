import { beforeEach, expect, it } from '@jest/globals';

import { channel, NetworkDirectory, NetworkLookup } from '#network';
import { aCause, InMemoryEventStore, runnerOn } from '#testing';
import { order } from '../domain/order.js';
import { aLine, allocation, confirmed, place } from '../domain/samples.js';
import { ChannelTermsReader } from './channel-terms.js';
import { Kits } from './kits.js';
import { OrderContents } from './order-contents.js';
import { ProposeOrderEdit, ProposeOrderEditHandler } from './propose-order-edit.js';

class TeaSet extends Kits {
  override componentsOf(sku: string) {
    return sku === 'SET' ? ['TEA', 'CUP'].map((part) => ({ sku: part, quantity: 1 })) : undefined;
  }
}

let handler: ProposeOrderEditHandler;

beforeEach(async () => {
  const store = new InMemoryEventStore();
  const runner = runnerOn(store);
  const directory = new NetworkDirectory();
  const terms = new ChannelTermsReader(new NetworkLookup(directory, store), directory);
  handler = new ProposeOrderEditHandler(runner, store, terms, new OrderContents(undefined, new TeaSet()));
  const locations = [{ locationId: 'london', methods: ['ship' as const], safetyStock: 0 }];
  const web = { name: 'Web', kind: 'web', currency: 'GBP', locale: 'en-GB', locations } as const;
  const configure = { channelId: 'web', ...web, reservationTtlSeconds: 600, promisesIncoming: false };
  await runner.run(channel, 'web', { type: 'ConfigureChannel', data: configure }, aCause());
  await runner.run(order, 'o-1', place({ lines: [aLine('1')], charges: [] }), aCause({ channel: 'web' }));
  const { data } = confirmed(allocation('r-1', { '1': 1 }));
  await runner.run(order, 'o-1', { type: 'ConfirmOrder', data: { orderId: 'o-1', ...data } as never }, aCause());
});

const proposed = (line: Partial<ReturnType<typeof aLine>>, orderId = 'o-1') => {
  const edit = { orderId, editId: 'e', add: [aLine('2', line)], remove: [] };
  return handler.execute(new ProposeOrderEdit(edit, aCause({ channel: 'telephone' })));
};

it('is checked against the terms of the channel that sold the order, not of the one that edits it', async () => {
  const carryOut = proposed({ method: 'carry-out', locationId: 'london' });
  await expect(carryOut).rejects.toMatchObject({ code: 'method-not-offered' });
  const { events } = await proposed({ method: 'ship' });
  expect(events).toMatchObject([{ type: 'OrderEditProposed', data: { difference: 1000 } }]);
  expect(events[0]?.data).not.toHaveProperty('terms');
});

it('is refused for an unknown order', () =>
  expect(proposed({}, 'x')).rejects.toMatchObject({ code: 'order-not-found' }));

it('adds the components of a kit, at exactly its price', async () => {
  const { events } = await proposed({ sku: 'SET', unitPrice: { amount: 1001, scale: 2 } });
  const add = [
    { lineId: '2.a', sku: 'TEA' },
    { lineId: '2.b', sku: 'CUP' },
  ];
  expect(events).toMatchObject([{ data: { add, difference: 1001 } }]);
});
