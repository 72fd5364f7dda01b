import { type KitComponent } from '../domain/expand-kits.js';

/** The port to the current components of kits. */
export abstract class Kits {
  /** @returns undefined for a SKU that is not a kit */
  abstract componentsOf(sku: string): readonly KitComponent[] | undefined;
}
