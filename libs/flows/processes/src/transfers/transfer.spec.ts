import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { DomainError } from '#kernel';
import { stockItem, transfer, type StockItem, type TransferCommand } from '#stock';
import { aCause, runnerOn } from '#testing';
import { CRASH_MOMENTS, ProcessHarness, type CrashPoint } from '../processes.fixture.js';
import { transferProcess } from './transfer.process.js';

const eta = '2026-02-01T00:00:00.000Z';
const transferId = 't';
const tea = (quantity: number) => ({ sku: 'TEA', quantity });
const streams = ['transfer-t', 'stock-TEA~north', 'stock-CUP~north', 'stock-TEA~south', 'stock-CUP~south'];

type Step = TransferCommand | ((h: ProcessHarness) => Promise<unknown>);

const request = (quantity: number): TransferCommand => ({
  type: 'RequestTransfer',
  data: { transferId, from: 'north', to: 'south', lines: [tea(quantity), { sku: 'CUP', quantity: 1 }] },
});
const ship = (quantity: number): TransferCommand => ({
  type: 'ShipTransfer',
  data: { transferId, lines: [tea(quantity)], eta },
});
const receive = (quantity: number): TransferCommand => ({
  type: 'ReceiveTransfer',
  data: { transferId, lines: [tea(quantity)] },
});
const close: TransferCommand = { type: 'CloseTransfer', data: { transferId } };
const cancel: TransferCommand = { type: 'CancelTransfer', data: { transferId, reason: 'x' } };

const send = async (h: ProcessHarness, command: TransferCommand) => {
  try {
    await runnerOn(h.store).run(transfer, transferId, command, aCause());
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
  }
};

/** Carries out one step after another, and dies once: at a dispatch of the `during`-th step. */
const run = async (steps: readonly Step[], crash?: CrashPoint & { readonly during: number }, stock = 5) => {
  const h = new ProcessHarness([transferProcess], 500);
  for (const sku of ['TEA', 'CUP'])
    await h.stock(sku, 'north', { type: 'ReceiveStock', data: { quantity: stock, ref: 'd' } });
  const dispatches: number[] = [];
  for (const [index, step] of steps.entries()) {
    await (typeof step === 'function' ? step(h) : send(h, step));
    await h.settle(crash?.during === index ? crash : undefined);
    dispatches.push(h.dispatches);
  }
  return { h, dispatches };
};

const at = async (h: ProcessHarness, stream: string): Promise<StockItem> => {
  let item = stockItem.decider.initialState();
  for (const { event, envelope } of await h.log(stream)) {
    item = stockItem.decider.evolve(item, event as never, envelope);
  }
  return item;
};

const outcome = async (h: ProcessHarness) => {
  const log = await h.log(...streams);
  return log.map(({ stream, event }) => ({ stream, event })).sort((a, b) => (a.stream < b.stream ? -1 : 1));
};

const loseReservation = (h: ProcessHarness) =>
  h.stock('TEA', 'north', { type: 'ReleaseReservation', data: { reservationId: 't:1', reason: 'by hand' } });

const aDelivery = { id: 'e-1', correlationId: 'c-1', channel: 'system', occurredAt: eta };

const stories: Record<string, readonly Step[]> = {
  'that arrives in two parts, and is closed with a unit missing': [
    request(4),
    ship(2),
    receive(1),
    ship(1),
    receive(1),
    close,
  ],
  'of which something cannot be held': [request(6)],
  'that is cancelled': [request(4), cancel],
  'whose reservation somebody released': [request(4), loseReservation, ship(3), receive(3), close],
};

describe('a transfer', () => {
  it('moves goods, and announces them as incoming', async () => {
    const { h } = await run([request(4), ship(3), receive(1)]);
    expect(await at(h, 'stock-TEA~north')).toMatchObject({ onHand: 2, reserved: 1 });
    expect(await at(h, 'stock-TEA~south')).toMatchObject({
      onHand: 1,
      incoming: new Map([['transfer:t', { quantity: 2, eta }]]),
    });
  });

  it('releases units that never left, and announces missing units no longer', async () => {
    const { h } = await run([request(4), ship(3), receive(1), close]);
    expect(await at(h, 'stock-TEA~north')).toMatchObject({ onHand: 2, reserved: 0 });
    expect(await at(h, 'stock-CUP~north')).toMatchObject({ onHand: 5, reserved: 0 });
    expect(await at(h, 'stock-TEA~south')).toMatchObject({ onHand: 1, incoming: new Map() });
    expect(h.memory.running).toEqual([]);
  });

  it('keeps no reservation if one is declined', async () => {
    const { h } = await run([request(6)]);
    expect((await h.log('transfer-t')).map(({ event }) => event.type)).toEqual([
      'TransferRequested',
      'TransferCancelled',
    ]);
    for (const sku of ['TEA', 'CUP'])
      expect(await at(h, `stock-${sku}~north`)).toMatchObject({ onHand: 5, reserved: 0 });
    expect(h.memory.running).toEqual([]);
  });

  it('has no state once it is cancelled', async () => {
    const { h } = await run([request(4), cancel]);
    expect(h.memory.running).toEqual([]);
  });

  it('releases units that are reserved after the cancellation, and then has no state', () => {
    const react = (state: Parameters<typeof transferProcess.react>[0], type: string, data: object, at = 'transfer-t') =>
      transferProcess.react(state, { ...aDelivery, stream: at, event: { type, data } as never }, 't');
    const owner = { type: 'transfer', id: 't' };
    const begun = react(undefined, 'TransferRequested', request(6).data);
    const called = react(begun.state, 'StockReservationDeclined', { reservationId: 't:1', owner }, 'stock-TEA~north');
    const cancelled = react(called.state, 'TransferCancelled', { reason: 'insufficient-stock' });
    expect(cancelled.state).toBeDefined();
    expect(react(cancelled.state, 'StockReserved', { reservationId: 't:2', owner }, 'stock-CUP~north')).toEqual({
      state: undefined,
      commands: [
        {
          type: 'ReleaseReservation',
          data: { sku: 'CUP', locationId: 'north', reservationId: 't:2', reason: 'transfer-ended' },
        },
      ],
    });
    const refusal = { command: { type: 'ReserveStock', data: { reservationId: 't:2' } }, code: 'location-paused' };
    expect(react(cancelled.state, 'CommandRefused', refusal)).toEqual({ state: undefined, commands: [] });
  });

  it('issues shipped units even if their reservation has ended', async () => {
    const { h } = await run([request(4), loseReservation, ship(3)]);
    expect(await at(h, 'stock-TEA~north')).toMatchObject({ onHand: 2, reserved: 0 });
  });

  it.each(Object.entries(stories))('%s ends the same wherever a crash happens', async (_, steps) => {
    const { h, dispatches } = await run(steps);
    const undisturbed = await outcome(h);
    expect(dispatches.some((count) => count > 0)).toBe(true);
    for (const [during, count] of dispatches.entries()) {
      for (let place = 0; place < count; place++) {
        for (const moment of CRASH_MOMENTS) {
          const { h: crashed } = await run(steps, { at: place, moment, during });
          expect(await outcome(crashed)).toEqual(undisturbed);
          expect(crashed.memory.running).toEqual(h.memory.running);
        }
      }
    }
  });

  it('neither creates nor destroys: what left is in transit, has arrived or is missing (I4)', async () => {
    const quantity = fc.integer({ min: 1, max: 4 });
    const step = fc.oneof(quantity.map(ship), quantity.map(receive), fc.constant(close), fc.constant(cancel));
    await fc.assert(
      fc.asyncProperty(quantity, fc.array(step, { maxLength: 8 }), async (units, steps) => {
        const { h } = await run([request(units), ...steps]);
        const [north, south] = [await at(h, 'stock-TEA~north'), await at(h, 'stock-TEA~south')];
        const expected = south.incoming.get('transfer:t')?.quantity ?? 0;
        const events = (await h.log('transfer-t')).map(({ event }) => event as { type: string; data: object });
        const lost = events
          .filter(({ type }) => type === 'TransferClosed')
          .flatMap(({ data }) => (data as { missing: { sku: string; quantity: number }[] }).missing)
          .reduce((all, one) => all + one.quantity, 0);
        expect(north.onHand + expected + south.onHand + lost).toBe(5);
      }),
      { numRuns: 40 },
    );
  });
});
