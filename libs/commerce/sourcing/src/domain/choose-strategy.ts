import { type Conditions, type Policy, type Strategy } from './policy.js';

/** What conditions look at. */
export interface OrderFacts {
  readonly channelId: string;
  readonly country?: string;
  /** Of the goods, in minor units. */
  readonly value?: number;
  readonly lines: number;
  readonly method: 'ship' | 'pickup';
}

/** The first strategy whose conditions hold. What is not known of an order satisfies no condition. */
export const strategyFor = ({ strategies }: Policy, facts: OrderFacts): Strategy | undefined =>
  strategies.find(({ when = {} }) => TESTS.every((test) => test(when, facts)));

const among = <Item>(list: readonly Item[] | undefined, item: Item | undefined) =>
  list === undefined || (item !== undefined && list.includes(item));

const within = (figure: number | undefined, least: number | undefined, most: number | undefined) =>
  (least === undefined && most === undefined) ||
  (figure !== undefined && figure >= (least ?? -Infinity) && figure <= (most ?? Infinity));

const TESTS: readonly ((when: Conditions, facts: OrderFacts) => boolean)[] = [
  ({ channels }, { channelId }) => among(channels, channelId),
  ({ countries }, { country }) => among(countries, country),
  ({ methods }, { method }) => among(methods, method),
  ({ minValue, maxValue }, { value }) => within(value, minValue, maxValue),
  ({ minLines, maxLines }, { lines }) => within(lines, minLines, maxLines),
];
