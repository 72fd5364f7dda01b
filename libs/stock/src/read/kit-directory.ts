import { Injectable } from '@nestjs/common';
import { idOf, type Batch, type Consumer, type Recorded } from '#event-store';
import { upcast } from '#kernel';
import { type Kits } from '#orders';
import { kit, type KitComponent, type KitEvent } from '../domain/kit.js';

export interface KnownKit {
  readonly sku: string;
  readonly version: number;
  readonly components: readonly KitComponent[];
}

/**
 * Every kit that is not retired, in memory. Run as a consumer in every process that places orders; starts from an empty
 * view. What it has not seen yet is sold as before: a new kit as a SKU without stock, a changed one as it was.
 */
@Injectable()
export class KitDirectory implements Consumer, Kits {
  readonly name = 'kit-directory';
  readonly categories = [kit.category];

  private position = 0;
  private readonly known = new Map<string, KnownKit>();
  private readonly waiters = new Set<() => void>();

  kit(sku: string): KnownKit | undefined {
    return this.known.get(sku);
  }

  componentsOf(sku: string): readonly KitComponent[] | undefined {
    return this.known.get(sku)?.components;
  }

  /** Kits that have one of `skus` as a component. */
  madeOf(skus: ReadonlySet<string>): KnownKit[] {
    return [...this.known.values()].filter(({ components }) => components.some(({ sku }) => skus.has(sku)));
  }

  /** Whether everything up to `position` is in view, after waiting for it at most `timeoutMs`. */
  reached(position: number, timeoutMs: number): Promise<boolean> {
    if (this.position >= position) return Promise.resolve(true);
    return new Promise((resolve) => {
      const done = (seen: boolean) => {
        clearTimeout(timer);
        this.waiters.delete(look);
        resolve(seen);
      };
      const look = () => this.position >= position && done(true);
      const timer = setTimeout(done, timeoutMs, false);
      this.waiters.add(look);
    });
  }

  resume(): Promise<number> {
    return Promise.resolve(this.position);
  }

  /** @throws UnknownEvent */
  handle({ events, position }: Batch): Promise<void> {
    for (const recorded of events) if (recorded.position > this.position) this.fold(recorded);
    this.position = Math.max(this.position, position);
    for (const look of this.waiters) look();
    return Promise.resolve();
  }

  private fold({ stream, event, envelope }: Recorded) {
    const sku = idOf(stream);
    const { type, data } = upcast(kit.events, event, Number(envelope.schema)) as KitEvent;
    switch (type) {
      case 'KitDefined':
        this.known.set(sku, { sku, ...data });
        break;
      case 'KitRetired':
        this.known.delete(sku);
        break;
    }
  }
}
