import { expect, it } from '@jest/globals';
import { goodsReturn, type ReturnCommand } from '#returns';
import { DeciderRunner, type Recorded, byPosition } from '#event-store';
import { eventDefinitions } from '#registry';
import { order, type OrderCommand } from '#orders';
import { aCause, InMemoryEventStore, plainPersonalData } from '#testing';
import { Books } from './books.js';

const tea = { lineId: '1', sku: 'TEA', quantity: 2, unitPrice: { amount: 1999, scale: 2 } };

it('a return with a life of its own is right in all books', async () => {
  const store = new InMemoryEventStore();
  const runner = new DeciderRunner(store, plainPersonalData);
  const trade = (command: OrderCommand) => runner.run(order, 'o-1', command, aCause());
  const comeback = (command: ReturnCommand) => runner.run(goodsReturn, 'b-1', command, aCause());
  const [orderId, returnId, lines] = ['o-1', 'b-1', [{ lineId: '1', quantity: 2 }]];
  const sold = { currency: 'GBP', lines: [{ ...tea, method: 'ship', locationId: 'leeds' } as const], charges: [] };
  await trade({ type: 'RecordOrder', data: { orderId, ...sold } });
  const terms = { currency: 'GBP', lines: [tea], paid: 'till' } as const;
  const asked = { orderId, lines, reason: 'worn', refundTo: 'original', order: terms } as const;
  await comeback({ type: 'RequestReturn', data: { returnId, ...asked, fees: [{ kind: 'other', amount: 998 }] } });
  await trade({ type: 'AnnounceReturn', data: { orderId, returnId, lines } });
  await comeback({ type: 'AcceptReturn', data: { returnId } });
  const items = [{ lineId: '1', quantity: 2, disposition: 'restock' }] as const;
  await comeback({ type: 'InspectReturn', data: { returnId, locationId: 'leeds', items } });
  await trade({ type: 'RecordReturned', data: { orderId, returnId, lines } });
  await comeback({ type: 'AssessReturn', data: { returnId, worth: 3998 } });
  await comeback({ type: 'PayOutReturn', data: { returnId, locationId: 'leeds' } });

  const books = new Books(eventDefinitions);
  const log: Recorded[] = [];
  for (const stream of ['order-o-1', 'return-b-1']) for await (const one of store.read(stream)) log.push(one);
  for (const recorded of log.toSorted(byPosition)) books.see(recorded);
  books.end(Date.now());
  expect(log.at(-1)?.event.type).toBe('ReturnClosed');
  expect(books.checkers.flatMap(({ violations }) => violations)).toEqual([]);
});
