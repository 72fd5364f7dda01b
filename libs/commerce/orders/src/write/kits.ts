import { type KitComponent } from '../domain/expand-kits.js';

/** The port to what kits are made of, at this moment. */
export abstract class Kits {
  /** @returns undefined for a SKU that is no kit */
  abstract componentsOf(sku: string): readonly KitComponent[] | undefined;
}
