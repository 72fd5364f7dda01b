import { Injectable } from '@nestjs/common';
import { idOf, InMemoryView, type Recorded } from '#event-store';
import { type Kits } from '#orders';
import { kit, type KitComponent, type KitEvent } from '../domain/kit.js';

export interface KnownKit {
  readonly sku: string;
  readonly version: number;
  readonly components: readonly KitComponent[];
}

/**
 * Every kit that is not retired, in memory. What it has not seen yet is sold as before: a new kit as a SKU without
 * stock, a changed one as it was.
 */
@Injectable()
export class KitDirectory extends InMemoryView implements Kits {
  override readonly name = 'kit-directory';

  private readonly known = new Map<string, KnownKit>();

  constructor() {
    super([kit]);
  }

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

  protected override fold({ stream, event }: Recorded) {
    const sku = idOf(stream);
    const { type, data } = event as KitEvent;
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
