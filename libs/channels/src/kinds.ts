import { type AdapterKind } from './adapter.js';
import { openWebShop } from './webshop/web-shop.js';

/** Kind of the file of channels → who opens it. A new adapter has its line here. */
export const ADAPTER_KINDS: Readonly<Record<string, AdapterKind>> = {
  webshop: openWebShop,
};
