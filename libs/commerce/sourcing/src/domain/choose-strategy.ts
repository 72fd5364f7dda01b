import { type Conditions, type Policy, type Strategy } from './policy.js';

/** The properties of an order that {@link Conditions} test. */
export interface OrderFacts {
  readonly channelId: string;
  readonly country?: string;
  /** Value of the goods in minor units. */
  readonly value?: number;
  readonly lines: number;
  readonly method: 'ship' | 'pickup';
}

/** @returns the first strategy whose conditions hold. An unknown property of an order satisfies no condition. */
export const chooseStrategy = ({ strategies }: Policy, facts: OrderFacts): Strategy | undefined =>
  strategies.find(({ when = {} }) => CONDITION_TESTS.every((test) => test(when, facts)));

const isAmong = <Item>(list: readonly Item[] | undefined, item: Item | undefined) =>
  list === undefined || (item !== undefined && list.includes(item));

const isWithin = (value: number | undefined, min: number | undefined, max: number | undefined) =>
  (min === undefined && max === undefined) ||
  (value !== undefined && value >= (min ?? -Infinity) && value <= (max ?? Infinity));

const CONDITION_TESTS: readonly ((when: Conditions, facts: OrderFacts) => boolean)[] = [
  ({ channels }, { channelId }) => isAmong(channels, channelId),
  ({ countries }, { country }) => isAmong(countries, country),
  ({ methods }, { method }) => isAmong(methods, method),
  ({ minValue, maxValue }, { value }) => isWithin(value, minValue, maxValue),
  ({ minLines, maxLines }, { lines }) => isWithin(lines, minLines, maxLines),
];
