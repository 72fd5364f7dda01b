import { expect, it } from '@jest/globals';
import { goodsReturn, type ReturnCommand } from '#returns';
import { type Recorded, byPosition } from '#event-store';
import { eventDefinitions } from '#registry';
import { order, type OrderCommand } from '#orders';
import { aCause, InMemoryEventStore, runnerOn } from '#testing';
import { InvariantChecks } from './invariant-checks.js';

const tea = { lineId: '1', sku: 'TEA', quantity: 2, unitPrice: { amount: 1999, scale: 2 } };

it('a return breaks no invariant, from its request to its payout', async () => {
  const store = new InMemoryEventStore();
  const runner = runnerOn(store);
  const sendToOrder = (command: OrderCommand) => runner.run(order, 'o-1', command, aCause());
  const sendToReturn = (command: ReturnCommand) => runner.run(goodsReturn, 'rt-1', command, aCause());
  const [orderId, returnId, lines] = ['o-1', 'rt-1', [{ lineId: '1', quantity: 2 }]];
  const sold = { currency: 'GBP', lines: [{ ...tea, method: 'ship', locationId: 'leeds' } as const], charges: [] };
  await sendToOrder({ type: 'RecordOrder', data: { orderId, ...sold } });
  const terms = { currency: 'GBP', lines: [tea], paid: 'till' } as const;
  const request = { orderId, lines, reason: 'worn', refundTo: 'original', order: terms } as const;
  await sendToReturn({ type: 'RequestReturn', data: { returnId, ...request, fees: [{ kind: 'other', amount: 998 }] } });
  await sendToOrder({ type: 'AnnounceReturn', data: { orderId, returnId, lines } });
  await sendToReturn({ type: 'AcceptReturn', data: { returnId } });
  const items = [{ lineId: '1', quantity: 2, disposition: 'restock' }] as const;
  await sendToReturn({ type: 'InspectReturn', data: { returnId, locationId: 'leeds', items } });
  await sendToOrder({ type: 'RecordReturned', data: { orderId, returnId, lines } });
  await sendToReturn({ type: 'AssessReturn', data: { returnId, worth: 3998 } });
  await sendToReturn({ type: 'PayOutReturn', data: { returnId, locationId: 'leeds' } });

  const checks = new InvariantChecks(eventDefinitions);
  const log: Recorded[] = [];
  for (const stream of ['order-o-1', 'return-rt-1'])
    for await (const recorded of store.read(stream)) log.push(recorded);
  for (const recorded of log.toSorted(byPosition)) checks.check(recorded);
  checks.finish(Date.now());
  expect(log.at(-1)?.event.type).toBe('ReturnClosed');
  expect(checks.checkers.flatMap(({ violations }) => violations)).toEqual([]);
});
