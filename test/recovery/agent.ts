import { randomUUID } from 'node:crypto';
import { type Client, type Fields } from '../support/client.js';
import { retryUntilAnswered } from '../support/retry-until-answered.js';
import { type Random } from '#kernel';
import { type Answered, type History } from './history.js';

export const PLACES = ['warehouse', 'store'];
const CHANNELS = ['web', 'app', 'till'];

export type Action = () => Promise<unknown>;

export const often = (weight: number, action: Action): readonly Action[] =>
  Array.from({ length: weight }, () => action);

/** On a busy machine, processes that are killed again and again are unavailable most of the time. */
const WITHIN_MS = 240_000;

/** One of many clients that act at random at the same time. */
export abstract class Agent {
  constructor(
    private readonly client: Client,
    private readonly history: History,
    protected readonly random: Random,
  ) {}

  /** Each action as often as its weight. */
  protected abstract actions(): readonly Action[];

  /** Runs random actions, one after the other, until `signal` aborts; finishes the current one. */
  async trade(signal: AbortSignal): Promise<void> {
    const actions = this.actions();
    while (!signal.aborted) await this.random.pick(actions)();
  }

  protected async send(name: string, body: object, channel = this.random.pick(CHANNELS)): Promise<Answered> {
    const call = { key: randomUUID(), channel, name, body };
    this.history.invoke(call);
    const onRetry = (why: string) => this.history.retry(call.key, why);
    const wait = name === 'PlaceOrder' ? { wait: 10 } : {};
    const options = { key: call.key, channel, onRetry, withinMs: WITHIN_MS, ...wait };
    return this.history.answer(call, await retryUntilAnswered(this.client, name, body, options));
  }

  /** @returns undefined if the read fails */
  protected read(path: string): Promise<Fields | undefined> {
    return this.client.read(path).catch(() => undefined);
  }
}
