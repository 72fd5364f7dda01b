import { Injectable } from '@nestjs/common';
import { idOf, InMemoryView, type Recorded } from '#event-store';
import { type Kits } from '#orders';
import { integer, listOf, object, text, type ValueOf } from '#schema';
import { kit, type KitComponent, type KitEvent } from '../domain/kit.js';
import { kitComponent } from './kits.projection.js';

export const knownKitSchema = object({ sku: text, version: integer, components: listOf(kitComponent) });

/** A kit as it is sold now. */
export type KnownKit = ValueOf<typeof knownKitSchema>;

/**
 * All kits that are not retired, in memory. Until it has seen a change, the SKU is sold as before: a new kit as a SKU without
 * stock, a changed kit with its earlier components.
 */
@Injectable()
export class KitDirectory extends InMemoryView implements Kits {
  override readonly name = 'kit-directory';

  private readonly kits = new Map<string, KnownKit>();

  constructor() {
    super([kit]);
  }

  kit(sku: string): KnownKit | undefined {
    return this.kits.get(sku);
  }

  componentsOf(sku: string): readonly KitComponent[] | undefined {
    return this.kits.get(sku)?.components;
  }

  kitsWithAnyOf(skus: ReadonlySet<string>): KnownKit[] {
    return [...this.kits.values()].filter(({ components }) => components.some(({ sku }) => skus.has(sku)));
  }

  protected override fold({ stream, event }: Recorded) {
    const sku = idOf(stream);
    const { type, data } = event as KitEvent;
    switch (type) {
      case 'KitDefined':
        this.kits.set(sku, { sku, ...data });
        break;
      case 'KitRetired':
        this.kits.delete(sku);
        break;
    }
  }
}
