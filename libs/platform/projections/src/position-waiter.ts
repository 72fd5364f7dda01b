import { type Position, START, laterOf } from '#event-store';
import { type DataSource } from 'typeorm';
import { listen, type Listening } from '#database';
import { RowCache } from './row-cache.js';

interface Waiter {
  readonly position: Position;
  readonly resolve: (reached: boolean) => void;
}

interface Notification {
  readonly p: Position;
  readonly o?: readonly (readonly [key: string, value: string])[];
}

/** Announcements that are remembered for callers who ask after them. */
const MAX_RECENT_ANNOUNCEMENTS = 20_000;

/** Lets callers wait until the read models show their writes. Uses one connection for all waiters. */
export class PositionWaiter {
  private current = START;
  /** Sorted by position. */
  private readonly waiters: Waiter[] = [];
  private readonly listeners = new Map<string, Set<(value: string) => void>>();
  private readonly recent = new RowCache<string>(MAX_RECENT_ANNOUNCEMENTS, false);
  private listening: Listening | undefined;

  private constructor(private readonly dataSource: DataSource) {}

  /** Works even if the projector has never run. */
  static async open(dataSource: DataSource): Promise<PositionWaiter> {
    const waiter = new PositionWaiter(dataSource);
    waiter.listening = await listen(dataSource, 'kontor', {
      message: (payload) => waiter.receive(JSON.parse(payload) as Notification),
      gap: () => void waiter.readPosition(true).catch(() => undefined), // the next notification has a newer position
    });
    await waiter.readPosition(false);
    return waiter;
  }

  /** The position up to which every read model shows the log. */
  get position() {
    return this.current;
  }

  /** @returns whether the read models have folded `position` within the time */
  reached(position: Position, timeoutMs: number): Promise<boolean> {
    if (position <= this.current) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        position,
        resolve: (reached) => {
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
   * Waits for an announcement of a projection for `key`, or returns a recent one. Its change is visible in the read model.
   * Undefined after the timeout: the announcement may have been lost, so query the read model.
   */
  announced(key: string, timeoutMs: number): Promise<string | undefined> {
    const recent = this.recent.get(key);
    if (typeof recent === 'string') return Promise.resolve(recent);
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

  /** Ends all waits as if their time was over. */
  async close(): Promise<void> {
    for (const { resolve } of this.waiters.splice(0)) resolve(false);
    for (const listeners of this.listeners.values()) for (const end of listeners) (end as (value?: string) => void)();
    await this.listening?.close();
  }

  private receive({ p, o = [] }: Notification) {
    for (const [key, value] of o) {
      this.recent.set(key, value);
      for (const end of this.listeners.get(key) ?? []) end(value);
    }
    this.moveTo(laterOf(p, this.current));
  }

  private moveTo(position: Position) {
    this.current = position;
    const ahead = this.waiters.findIndex((waiter) => waiter.position > position);
    for (const { resolve } of this.waiters.splice(0, ahead < 0 ? this.waiters.length : ahead)) resolve(true);
  }

  /** @param mayGoBack after a lost connection: a crash of the database may have undone the last commits */
  private async readPosition(mayGoBack: boolean) {
    const rows = await this.dataSource
      .query<{ position: Position }[]>('SELECT position::float8 FROM system.projection_checkpoint')
      .catch((error: unknown) => {
        if ((error as { code?: unknown }).code === '42P01') return []; // the projector has never run
        throw error;
      });
    const position = rows[0]?.position ?? START;
    this.moveTo(mayGoBack ? position : laterOf(position, this.current));
  }
}
