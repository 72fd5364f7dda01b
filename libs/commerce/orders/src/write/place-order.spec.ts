import { beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type DeciderRunner } from '#event-store';
import { channel, location, NetworkDirectory, NetworkLookup, type ChannelConfiguration } from '#network';
import { aCause, InMemoryEventStore, runnerOn } from '#testing';
import { type Candidate, type FulfillmentPlan, type OrderDetails } from '../domain/order-messages.js';
import { aLine } from '../domain/samples.js';
import { PolicySourcing, SourcingPolicies } from '#sourcing';
import { AvailabilityAdvice } from './availability-advice.js';
import { ChannelTermsReader } from './channel-terms.js';
import { Kits } from './kits.js';
import { OrderContents } from './order-contents.js';
import { PlaceOrder, PlaceOrderHandler } from './place-order.js';

class Advice extends AvailabilityAdvice {
  asked = 0;
  answer: Promise<readonly Candidate[]> = Promise.resolve([]);

  override available() {
    this.asked++;
    return this.answer;
  }
}

class TeaSet extends Kits {
  override componentsOf(sku: string) {
    return sku === 'SET' ? ['TEA', 'CUP'].map((part) => ({ sku: part, quantity: 1 })) : undefined;
  }
}
const kits = new TeaSet();

const idle = { assignedToday: () => 0, refreshIfStale: () => Promise.resolve() };

/** Without a policy. */
const sourcingBy = (advice: Advice, directory: NetworkDirectory) =>
  new PolicySourcing(new SourcingPolicies(), advice, directory, idle);

const web: ChannelConfiguration = {
  name: 'Web',
  kind: 'web',
  currency: 'GBP',
  locale: 'en-GB',
  locations: ['london', 'leeds'].map((locationId) => ({ locationId, methods: ['ship', 'pickup'], safetyStock: 1 })),
  reservationTtlSeconds: 600,
  promisesIncoming: false,
};

describe('placing an order', () => {
  let runner: DeciderRunner;
  let advice: Advice;
  let handler: PlaceOrderHandler;
  let lookup: NetworkLookup;

  beforeEach(async () => {
    Logger.overrideLogger(false);
    const store = new InMemoryEventStore();
    runner = runnerOn(store);
    advice = new Advice();
    const directory = new NetworkDirectory();
    const terms = new ChannelTermsReader(new NetworkLookup(directory, store), directory);
    lookup = new NetworkLookup(directory, store);
    handler = new PlaceOrderHandler(runner, terms, sourcingBy(advice, directory), new OrderContents(undefined, kits));
    await configure(web);
  });

  const configure = (configuration: ChannelConfiguration) => {
    const command = { type: 'ConfigureChannel', data: { channelId: 'web', ...configuration } } as const;
    return runner.run(channel, 'web', command, aCause());
  };
  const two = { orderId: 'o-1', lines: [aLine('1', { quantity: 2 })], charges: [] };
  const execute = (details: PlaceOrder['details'] = two, cause = aCause()) =>
    handler.execute(new PlaceOrder(details, cause));
  const plannedAt = async (details = two) => {
    const { events } = await execute(details);
    const plan = events[1]?.data as FulfillmentPlan;
    return plan.allocations.map(({ locationId }) => locationId);
  };

  it('is planned by the known availability, less safety stock', async () => {
    advice.answer = Promise.resolve([
      { sku: 'TEA', locationId: 'london', available: 2 },
      { sku: 'TEA', locationId: 'leeds', available: 3 },
    ]);
    expect(await plannedAt()).toEqual(['leeds']);
  });

  it('is planned without availability if the query fails', async () => {
    advice.answer = Promise.reject(new Error('the database is away'));
    expect(await plannedAt()).toEqual(['london']);
  });

  it('does not wait for slow availability', async () => {
    advice.answer = new Promise(() => undefined);
    expect(await plannedAt()).toEqual(['london']);
  });

  it('does not query availability where there is no choice of location', async () => {
    const pickup = { ...two, lines: [aLine('1', { method: 'pickup', locationId: 'leeds' })] };
    expect(await plannedAt(pickup)).toEqual(['leeds']);
    expect(advice.asked).toBe(0);
  });

  it('is placed and planned with the components of its kits, at their price', async () => {
    const tenders = [{ tenderId: 'card', kind: 'card', amount: 1999 } as const];
    const kit = aLine('1', { sku: 'SET', unitPrice: { amount: 1999, scale: 2 } });
    const { events } = await execute({
      ...two,
      lines: [kit, aLine('2', { unitPrice: { amount: 0, scale: 2 } })],
      tenders,
    });
    const [placed, planned] = events.map(({ data }) => data as OrderDetails & FulfillmentPlan);
    expect(placed?.lines).toMatchObject([
      {
        lineId: '1.a',
        sku: 'TEA',
        unitPrice: { amount: 1000, scale: 2 },
        kit: { sku: 'SET', lineId: '1', quantity: 1 },
      },
      { lineId: '1.b', sku: 'CUP', unitPrice: { amount: 999, scale: 2 } },
      { lineId: '2', sku: 'TEA' },
    ]);
    expect(planned?.allocations.map(({ sku, quantity }) => `${quantity} ${sku}`)).toEqual(['2 TEA', '1 CUP']);
  });

  it('does not use a paused location', async () => {
    const details = { name: 'London', type: 'store' } as const;
    const cause = aCause();
    await runner.run(
      location,
      'london',
      { type: 'RegisterLocation', data: { locationId: 'london', ...details } },
      cause,
    );
    await runner.run(
      location,
      'london',
      { type: 'PauseLocation', data: { locationId: 'london', reason: 'flood' } },
      aCause(),
    );
    await lookup.location('london');
    expect(await plannedAt()).toEqual(['leeds']);
  });

  it.each([
    ['elsewhere', 'There is no channel elsewhere'],
    ['system', 'There is no channel system: with a staff key, name the channel in the header Kontor-Channel'],
  ])('is refused for a channel that is not configured: %s', (name, message) =>
    expect(execute(two, aCause({ channel: name }))).rejects.toMatchObject({ code: 'channel-not-found', message }),
  );

  it('answers a repeat as it did at first, even if the channel has changed', async () => {
    const cause = aCause();
    const first = await execute(two, cause);
    await configure({ ...web, currency: 'EUR', locations: [] });
    const repeat = await execute({ ...two, currency: 'GBP' }, cause);
    expect(repeat).toMatchObject({ repeated: true, eventIds: first.eventIds });
  });
});
