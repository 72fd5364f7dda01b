import { type Batch, laterOf, type Position, type Retentions, START, type SubscribeOptions } from '#event-store';
import { type Connection } from './connection.js';
import { type LeaderConnection } from './leader-connection.js';
import { ResubscribePolicy } from './resubscribe-policy.js';
import { followRetentions } from './retentions.js';
import { Subscription } from './subscription.js';

export interface SubscriptionLimits {
  /** How long each of the reads before and during a subscription may take. */
  readonly timeoutMs: number;
  /** A subscription is reopened after this time without any message of the server. */
  readonly silenceMs: number;
  /** How long a subscription that yields nothing is reopened before its consumer gets the error. */
  readonly resubscribeForMs: number;
}

/** Subscriptions to `$all`. One that has ended is opened again at the position up to which it has brought events. */
export class Subscriptions {
  /** The number of subscriptions that were ended by the server or the connection, and opened again. */
  drops = 0;

  constructor(
    private readonly leader: LeaderConnection,
    private readonly limits: SubscriptionLimits,
  ) {}

  async *batches(after: Position, options: SubscribeOptions): AsyncIterable<Batch> {
    const { resubscribeForMs, timeoutMs, silenceMs } = this.limits;
    const policy = new ResubscribePolicy(resubscribeForMs);
    let position = after;
    const open = async (connection: Connection) =>
      (await Subscription.open(connection, position, options, timeoutMs)).batches(silenceMs);
    while (!options.signal.aborted) {
      try {
        for await (const batch of this.untilItEnds(open)) {
          if (batch.events.length > 0 || batch.position > position) policy.reset();
          ({ position } = batch);
          yield batch;
        }
      } catch (error) {
        if (!(await policy.waitForNextTry(error, options.signal))) throw error;
      }
    }
  }

  /** @throws Error when the server goes on refusing; a caller that asks again gets all changes again */
  async *retentions(signal: AbortSignal): AsyncIterable<Retentions> {
    const { resubscribeForMs, timeoutMs } = this.limits;
    const policy = new ResubscribePolicy(resubscribeForMs);
    let position = START;
    const onHandled = (handled: Position) => {
      if (handled > position) policy.reset();
      position = laterOf(position, handled);
    };
    const open = (connection: Connection) => followRetentions(connection, position, { signal, timeoutMs, onHandled });
    while (!signal.aborted) {
      try {
        yield* this.untilItEnds(open);
      } catch (error) {
        if (!(await policy.waitForNextTry(error, signal))) throw error;
      }
    }
  }

  private async *untilItEnds<Item>(
    open: (connection: Connection) => AsyncIterable<Item> | Promise<AsyncIterable<Item>>,
  ): AsyncIterable<Item> {
    const connection = await this.leader.connection(this.limits.timeoutMs);
    let hasYielded = false;
    try {
      for await (const item of await open(connection)) {
        hasYielded = true;
        yield item;
      }
    } catch (error) {
      if (hasYielded) this.drops++;
      this.leader.callFailed(connection, error);
      throw error;
    }
  }
}
