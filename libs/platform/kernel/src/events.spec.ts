import { describe, expect, it } from '@jest/globals';
import { UnknownEvent, upcast, type EventDefinition } from './events.js';

const definitions: Record<string, EventDefinition> = {
  PriceSet: {
    version: 3,
    upcast: {
      1: (data) => ({ ...data, currency: 'EUR' }),
      2: ({ price, ...rest }: { price?: number }) => ({ ...rest, amount: price }),
    },
  },
  Lost: { version: 2 },
};

describe('an old event', () => {
  it('is brought to its newest version, step by step', () => {
    const event = { type: 'PriceSet', data: { price: 5 } };
    expect(upcast(definitions, event, 1)).toEqual({ type: 'PriceSet', data: { amount: 5, currency: 'EUR' } });
    expect(upcast(definitions, event, 2)).toEqual({ type: 'PriceSet', data: { amount: 5 } });
    expect(event).toEqual({ type: 'PriceSet', data: { price: 5 } });
  });

  it('of the newest version is left alone', () => {
    const event = { type: 'PriceSet', data: { amount: 5 } };
    expect(upcast(definitions, event, 3)).toBe(event);
  });
});

describe('an event that this code does not know', () => {
  it.each([
    ['of an unknown type', 'NeverDefined', 1],
    ['of a newer version', 'PriceSet', 4],
    ['of no version', 'PriceSet', NaN],
    ['of version zero', 'PriceSet', 0],
    ['without a step to the next version', 'Lost', 1],
  ])('%s is refused', (_, type, version) => {
    expect(() => upcast(definitions, { type, data: {} }, version)).toThrow(UnknownEvent);
  });
});
