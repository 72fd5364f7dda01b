import { type Position, START, laterOf } from '#event-store';
import { type DataSource } from 'typeorm';
import { listen, type Listening } from '#database';
import { RowCache } from './row-cache.js';

interface Waiter {
  readonly position: Position;
  readonly tell: (reached: boolean) => void;
}

interface Notification {
  readonly p: Position;
  readonly o?: readonly (readonly [key: string, value: string])[];
}

/** Announcements kept for those who ask a moment too late. */
const KEPT = 20_000;

/** Lets readers wait until the read models show what they have written. One connection, whatever the number of waiters. */
export class PositionWaiter {
  private current = START;
  /** By position. */
  private readonly waiters: Waiter[] = [];
  private readonly listeners = new Map<string, Set<(value: string) => void>>();
  private readonly recent = new RowCache<string>(KEPT, false);
  private listening: Listening | undefined;

  private constructor(private readonly dataSource: DataSource) {}

  /** Works before the projector has ever run. */
  static async open(dataSource: DataSource): Promise<PositionWaiter> {
    const waiter = new PositionWaiter(dataSource);
    waiter.listening = await listen(dataSource, 'kontor', {
      message: (payload) => waiter.hear(JSON.parse(payload) as Notification),
      gap: () => void waiter.ask(true).catch(() => undefined), // the next notification says it too
    });
    await waiter.ask(false);
    return waiter;
  }

  /** Every read model shows the log up to here. */
  get position() {
    return this.current;
  }

  /** @returns whether the read models have folded `position` within the time */
  reached(position: Position, timeoutMs: number): Promise<boolean> {
    if (position <= this.current) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        position,
        tell: (reached) => {
          clearTimeout(timer);
          resolve(reached);
        },
      };
      const timer = setTimeout(() => {
        this.waiters.splice(this.waiters.indexOf(waiter), 1);
        resolve(false);
      }, timeoutMs);
      const before = this.waiters.findLastIndex((other) => other.position <= position);
      this.waiters.splice(before + 1, 0, waiter);
    });
  }

  /**
   * What a projection announced of `key`, now or a little while ago: visible in the read model by then. Undefined when
   * the time is over, or the news was lost with the connection: look into the read model.
   */
  announced(key: string, timeoutMs: number): Promise<string | undefined> {
    const known = this.recent.get(key);
    if (typeof known === 'string') return Promise.resolve(known);
    return new Promise((resolve) => {
      const listeners = this.listeners.get(key) ?? new Set();
      const end = (value: string | undefined) => {
        clearTimeout(timer);
        listeners.delete(end);
        if (listeners.size === 0 && this.listeners.get(key) === listeners) this.listeners.delete(key);
        resolve(value);
      };
      const timer = setTimeout(() => end(undefined), timeoutMs);
      this.listeners.set(key, listeners.add(end));
    });
  }

  /** Waiters that are left hear that their time is over. */
  async close(): Promise<void> {
    for (const { tell } of this.waiters.splice(0)) tell(false);
    for (const listeners of this.listeners.values()) for (const end of listeners) (end as (value?: string) => void)();
    await this.listening?.close();
  }

  private hear({ p, o = [] }: Notification) {
    for (const [key, value] of o) {
      this.recent.set(key, value);
      for (const end of this.listeners.get(key) ?? []) end(value);
    }
    this.moveTo(laterOf(p, this.current));
  }

  private moveTo(position: Position) {
    this.current = position;
    const ahead = this.waiters.findIndex((waiter) => waiter.position > position);
    for (const { tell } of this.waiters.splice(0, ahead < 0 ? this.waiters.length : ahead)) tell(true);
  }

  /** `anew`: a crash of the database may have undone the last moments; they are folded again. */
  private async ask(anew: boolean) {
    const rows = await this.dataSource
      .query<{ position: Position }[]>('SELECT position::float8 FROM system.projection_checkpoint')
      .catch((error: unknown) => {
        if ((error as { code?: unknown }).code === '42P01') return []; // the projector has never run
        throw error;
      });
    const position = rows[0]?.position ?? START;
    this.moveTo(anew ? position : laterOf(position, this.current));
  }
}
