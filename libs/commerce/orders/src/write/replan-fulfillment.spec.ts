import { beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { channel, NetworkDirectory, NetworkLookup } from '#network';
import { PolicySourcing, SourcingPolicies } from '#sourcing';
import { aCause, InMemoryEventStore, runnerOn } from '#testing';
import { type Candidate, type FulfillmentPlan } from '../domain/order-messages.js';
import { order } from '../domain/order.js';
import { aLine, confirmed } from '../domain/samples.js';
import { ChannelTermsReader } from './channel-terms.js';
import { OrderContents } from './order-contents.js';
import { PlaceOrder, PlaceOrderHandler } from './place-order.js';
import { ReplanFulfillment, ReplanFulfillmentHandler, type UnitsToReplan } from './replan-fulfillment.js';

const at = (locationId: string, available: number): Candidate => ({ sku: 'TEA', locationId, available });
const idle = { assignedToday: () => 0, refreshIfStale: () => Promise.resolve() };

describe('an order whose location refused', () => {
  let known: readonly Candidate[];
  let handler: ReplanFulfillmentHandler;
  let asked: (readonly string[])[];

  beforeEach(async () => {
    Logger.overrideLogger(false);
    asked = [];
    known = [at('london', 9), at('leeds', 2), at('hull', 2)];
    const store = new InMemoryEventStore();
    const runner = runnerOn(store);
    const directory = new NetworkDirectory();
    const terms = new ChannelTermsReader(new NetworkLookup(directory, store), directory);
    const advice = {
      available: (_: readonly string[], places: readonly string[]) => {
        asked.push(places);
        return Promise.resolve(known.filter(({ locationId }) => places.includes(locationId)));
      },
    };
    const sourcing = new PolicySourcing(new SourcingPolicies(), advice, directory, idle);
    handler = new ReplanFulfillmentHandler(runner, store, terms, sourcing);
    const locations = ['london', 'leeds', 'hull'].map((locationId) => ({
      ...{ locationId, methods: ['ship' as const], safetyStock: 0 },
    }));
    const web = { name: 'Web', kind: 'web', currency: 'GBP', locale: 'en-GB', locations } as const;
    const configure = { channelId: 'web', ...web, reservationTtlSeconds: 600, promisesIncoming: false };
    await runner.run(channel, 'web', { type: 'ConfigureChannel', data: configure }, aCause());
    const details = { orderId: 'o-1', lines: [aLine('1', { quantity: 3 })], charges: [] };
    const placing = new PlaceOrderHandler(runner, terms, sourcing, new OrderContents());
    const { events } = await placing.execute(new PlaceOrder(details, aCause()));
    const { allocations } = events[1]?.data as FulfillmentPlan;
    await runner.run(order, 'o-1', { type: 'ConfirmOrder', data: confirmed(...allocations).data as never }, aCause());
  });

  const units: UnitsToReplan = {
    orderId: 'o-1',
    attempt: 2,
    lines: [{ lineId: '1', sku: 'TEA', quantity: 3, method: 'ship' }],
    exclude: ['london'],
  };
  /** Sent by a process that acts for another channel than the one that sold it. */
  const replanned = async (more: Partial<UnitsToReplan> = {}, cause = aCause({ channel: 'system' })) => {
    const { events } = await handler.execute(new ReplanFulfillment({ ...units, ...more }, cause));
    return events.map(({ data }) => data as FulfillmentPlan);
  };

  it('is planned for the other locations, by the terms of the channel that sold it', async () => {
    const [plan] = await replanned();
    expect(plan).toMatchObject({ attempt: 2, allocations: [{ locationId: 'leeds', quantity: 2 }, { quantity: 1 }] });
    expect(asked.at(-1)).toEqual(['leeds', 'hull']);
  });

  it('gets an empty plan if no other location has stock', async () => {
    known = [at('london', 9)];
    await expect(replanned()).resolves.toMatchObject([{ attempt: 2, allocations: [] }]);
  });

  it('is planned once, even if the command is repeated', async () => {
    const cause = aCause({ channel: 'system' });
    const [first] = await replanned({}, cause);
    known = [];
    await expect(replanned({}, cause)).resolves.toEqual([first]);
  });

  it('has reservation ids that depend on the attempt', async () => {
    const [second] = await replanned();
    const [third] = await replanned({ attempt: 3 });
    const ids = [second, third].flatMap((plan) => plan?.allocations.map(({ reservationId }) => reservationId));
    expect(new Set(ids).size).toBe(4);
  });

  it('is refused if it is unknown', () =>
    expect(replanned({ orderId: 'x' })).rejects.toMatchObject({ code: 'order-not-found' }));
});
