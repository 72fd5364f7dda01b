import { type AdapterFactory } from './adapter.js';
import { openDropshipper } from './dropshipper/dropshipper.js';
import { openMarketplace } from './marketplace/marketplace.js';
import { openPointOfSale } from './point-of-sale/point-of-sale.js';
import { openWebShop } from './webshop/web-shop.js';

/** The kinds that an entry of the channels file can have. A new kind of adapter is added here. */
export const ADAPTER_KINDS: Readonly<Record<string, AdapterFactory>> = {
  'point-of-sale': openPointOfSale,
  dropshipper: openDropshipper,
  marketplace: openMarketplace,
  webshop: openWebShop,
};
