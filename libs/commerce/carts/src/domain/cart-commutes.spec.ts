import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DecideHandler, Decide } from '#event-store';
import { aCause, atOnce, InMemoryEventStore, runnerOn } from '#testing';
import { type CartCommand } from './cart-messages.js';
import { type Cart } from './cart-state.js';
import { cart } from './cart.js';

const { decide, evolve, initialState } = cart.decider;

const run = (commands: readonly CartCommand[], begin: Cart = initialState()): Cart => {
  let state = begin;
  const cause = aCause({ commandId: 'c' });
  for (const command of commands) {
    for (const event of decide(command, state, atOnce(cause))) state = evolve(state, event, cause);
  }
  return state;
};

const create: CartCommand = { type: 'CreateCart', data: { cartId: 'c', currency: 'EUR' } };
const add = (lineId: string, quantity: number): CartCommand => ({
  type: 'AddCartLine',
  data: { cartId: 'c', lineId, sku: `SKU-${lineId}`, quantity, unitPrice: { amount: 1, scale: 2 }, method: 'ship' },
});

/** Edits of one channel in order: additions to lines of all channels, and any edits of a line of its own. */
const editsOf = (channel: number) =>
  fc.array(
    fc.oneof(
      fc
        .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 9 }))
        .map(([n, quantity]) => add(`s${n}`, quantity)),
      fc.integer({ min: 1, max: 9 }).map((quantity) => add(`own-${channel}`, quantity)),
      fc.constant<CartCommand>({ type: 'RemoveCartLine', data: { cartId: 'c', lineId: `own-${channel}` } }),
    ),
    { maxLength: 12 },
  );

/** The edits of all channels in one order, in which those of each channel keep their order. */
const interleaved = (edits: readonly (readonly CartCommand[])[], turns: readonly number[]) => {
  const left = edits.map((of) => [...of]);
  const order = turns.flatMap((turn) => left[turn % left.length]?.splice(0, 1) ?? []);
  return [create, ...order, ...left.flat()];
};

const quantities = ({ lines }: Cart) =>
  [...lines.values()].map(({ lineId, quantity }) => `${lineId}: ${quantity}`).toSorted();

describe('the edits of several channels', () => {
  it('lead to the same lines in any order, and none is lost', () => {
    const turns = fc.array(fc.nat(2), { maxLength: 40 });
    fc.assert(
      fc.property(fc.tuple(editsOf(0), editsOf(1), editsOf(2)), turns, turns, (edits, one, other) => {
        const lines = quantities(run(interleaved(edits, one)));
        expect(quantities(run(interleaved(edits, other)))).toEqual(lines);
        const shared = edits.flat().flatMap((edit) => (edit.type === 'AddCartLine' ? edit.data : []));
        const units = shared.filter(({ lineId }) => lineId === 's1').reduce((all, { quantity }) => all + quantity, 0);
        expect(lines.find((line) => line.startsWith('s1'))).toBe(units > 0 ? `s1: ${units}` : undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('are all recorded when they come at the same instant over two runners', async () => {
    const store = new InMemoryEventStore();
    const runners = [1, 2].map(() => new DecideHandler(runnerOn(store)));
    const send = async (runner: DecideHandler | undefined, command: CartCommand) =>
      runner?.execute(new Decide(cart, 'c', command, aCause()));
    await send(runners[0], create);
    await Promise.all(Array.from({ length: 200 }, (_, i) => send(runners[i % 2], add(`l${i % 7}`, 1))));
    let state = initialState();
    for await (const { event, envelope } of store.read('cart-c')) {
      state = evolve(state, event as Parameters<typeof evolve>[1], envelope);
    }
    expect([...state.lines.values()].reduce((all, { quantity }) => all + quantity, 0)).toBe(200);
  });
});

describe('a cart of 500 lines', () => {
  const lines = Array.from({ length: 500 }, (_, i) => add(`l${i}`, 2));
  const terms = { reservationTtlSeconds: 900, locations: [{ locationId: 'north', ships: true }] };
  const candidates = lines.map((_, i) => ({ sku: `SKU-l${i}`, locationId: 'north', available: 9 }));
  const reserve: CartCommand = { type: 'ReserveCart', data: { cartId: 'c', terms, candidates } };
  /** CPU milliseconds of the fastest of five runs: the others include compilation and garbage collection. */
  const cpu = (action: () => void) =>
    Math.min(
      ...Array.from({ length: 5 }, () => {
        const before = process.cpuUsage();
        action();
        return process.cpuUsage(before).user / 1000;
      }),
    );

  it('is folded and edited within 50 ms of CPU', () => {
    const change: CartCommand = { type: 'SetCartLineQuantity', data: { cartId: 'c', lineId: 'l250', quantity: 3 } };
    expect(cpu(() => run([create, ...lines, change]))).toBeLessThan(50);
  });

  it('is reserved within 50 ms of CPU, and edited within 5 ms', () => {
    const full = run([create, ...lines]);
    expect(cpu(() => decide(reserve, full, atOnce(aCause())))).toBeLessThan(50);
    const reserved = run([reserve], full);
    const change: CartCommand = { type: 'SetCartLineQuantity', data: { cartId: 'c', lineId: 'l250', quantity: 1 } };
    expect(cpu(() => decide(change, reserved, atOnce(aCause())))).toBeLessThan(5);
  });
});
