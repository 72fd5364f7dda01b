import { type Batch, laterOf, type Position, type Retentions, START, type SubscribeOptions } from '#event-store';
import { type Link } from './link.js';
import { Reopening } from './reopening.js';
import { followRetentions, type FollowOptions } from './retentions.js';
import { Subscription } from './subscription.js';

export interface SubscriptionLimits {
  /** How long the reads around a subscription may take. */
  readonly timeoutMs: number;
  readonly silenceMs: number;
  readonly resubscribeForMs: number;
}

/** Subscriptions to `$all`, each opened again from where it was whenever it has ended. */
export class Subscriptions {
  /** How many have ended that were opened again below their consumers. */
  drops = 0;

  constructor(
    private readonly link: Link,
    private readonly limits: SubscriptionLimits,
  ) {}

  async *batches(after: Position, options: SubscribeOptions): AsyncIterable<Batch> {
    const reopening = new Reopening(this.limits.resubscribeForMs);
    let position = after;
    while (!options.signal.aborted) {
      try {
        for await (const batch of this.once(position, options)) {
          if (batch.events.length > 0 || batch.position > position) reopening.progress();
          ({ position } = batch);
          yield batch;
        }
      } catch (error) {
        if (!(await reopening.mayGoOn(error, options.signal))) throw error;
      }
    }
  }

  /** @throws Error when the server goes on refusing; whoever asks again hears of everything anew */
  async *retentions(signal: AbortSignal): AsyncIterable<Retentions> {
    const reopening = new Reopening(this.limits.resubscribeForMs);
    let position = START;
    const onHandled = (handled: Position) => {
      if (handled > position) reopening.progress();
      position = laterOf(position, handled);
    };
    while (!signal.aborted) {
      try {
        yield* this.retentionsOnce(position, { signal, timeoutMs: this.limits.timeoutMs, onHandled });
      } catch (error) {
        if (!(await reopening.mayGoOn(error, signal))) throw error;
      }
    }
  }

  private async *retentionsOnce(after: Position, options: FollowOptions) {
    const connection = await this.link.connection(options.timeoutMs);
    let isOpen = false;
    try {
      for await (const piece of followRetentions(connection, after, options)) {
        isOpen = true;
        yield piece;
      }
    } catch (error) {
      if (isOpen) this.drops++;
      this.link.failed(connection, error);
      throw error;
    }
  }

  private async *once(after: Position, options: SubscribeOptions): AsyncIterable<Batch> {
    const { silenceMs, timeoutMs } = this.limits;
    const connection = await this.link.connection(timeoutMs);
    let isOpen = false;
    try {
      const subscription = await Subscription.open(connection, after, options, timeoutMs);
      for await (const batch of subscription.batches(silenceMs)) {
        isOpen = true;
        yield batch;
      }
    } catch (error) {
      if (isOpen) this.drops++;
      this.link.failed(connection, error);
      throw error;
    }
  }
}
