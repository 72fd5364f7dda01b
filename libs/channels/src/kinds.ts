import { type AdapterKind } from './adapter.js';
import { openPointOfSale } from './point-of-sale/point-of-sale.js';
import { openDropshipper } from './dropshipper/dropshipper.js';
import { openMarketplace } from './marketplace/marketplace.js';
import { openWebShop } from './webshop/web-shop.js';

/** Kind of the file of channels → who opens it. A new adapter has its line here. */
export const ADAPTER_KINDS: Readonly<Record<string, AdapterKind>> = {
  'point-of-sale': openPointOfSale,
  dropshipper: openDropshipper,
  marketplace: openMarketplace,
  webshop: openWebShop,
};
