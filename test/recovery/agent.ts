import { randomUUID } from 'node:crypto';
import { type Client, type Fields } from '../support/client.js';
import { retryUntilAnswered } from '../support/retry-until-answered.js';
import { type Random } from '#kernel';
import { type Answered, type History } from './history.js';

export const PLACES = ['warehouse', 'store'];
const CHANNELS = ['web', 'app', 'till'];

export type Act = () => Promise<unknown>;

export const often = (times: number, act: Act): readonly Act[] => Array.from({ length: times }, () => act);

/** On a machine that has much else to do, processes that are killed again and again are away most of the time. */
const WITHIN_MS = 240_000;

/** One of many who act at the same time, each with a plan of their own. */
export abstract class Agent {
  constructor(
    private readonly client: Client,
    private readonly history: History,
    protected readonly random: Random,
  ) {}

  /** By how often they happen. */
  protected abstract acts(): readonly Act[];

  /** One thing after the other, until told to stop; what has begun is brought to its end. */
  async trade(signal: AbortSignal): Promise<void> {
    const acts = this.acts();
    while (!signal.aborted) await this.random.pick(acts)();
  }

  protected async send(name: string, body: object, channel = this.random.pick(CHANNELS)): Promise<Answered> {
    const call = { key: randomUUID(), channel, name, body };
    this.history.invoke(call);
    const onRetry = (why: string) => this.history.retry(call.key, why);
    const wait = name === 'PlaceOrder' ? { wait: 10 } : {};
    const options = { key: call.key, channel, onRetry, withinMs: WITHIN_MS, ...wait };
    return this.history.answer(call, await retryUntilAnswered(this.client, name, body, options));
  }

  /** What can be read now, if it can. */
  protected read(path: string): Promise<Fields | undefined> {
    return this.client.read(path).catch(() => undefined);
  }
}
