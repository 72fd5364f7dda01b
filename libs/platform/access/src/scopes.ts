/** Every right that a key can have. */
export const SCOPES = [
  'stock:read',
  'stock:write',
  'stock:reserve',
  'orders:read',
  'orders:place',
  'orders:record',
  'orders:manage',
  'orders:pay',
  'returns:record',
  'returns:manage',
  'returns:in-store',
  'carts:write',
  'carts:any-channel',
  'payments:read',
  'payments:write',
  'vouchers:read',
  'vouchers:write',
  'sourcing:write',
  'fulfillment:read',
  'fulfillment:work',
  'ledger:write',
  'customers:read',
  'customers:write',
  'network:read',
  'network:write',
  'feed:read',
  'ops:read',
  'ops:write',
  'keys:manage',
] as const;

export type ApiScope = (typeof SCOPES)[number];

/** Scopes over all channels. Only keys of channel `*` may have them. */
export const STAFF_SCOPES: ReadonlySet<ApiScope> = new Set([
  'customers:read',
  'network:write',
  'sourcing:write',
  'ops:read',
  'ops:write',
  'keys:manage',
]);

export const isScope = (text: string): text is ApiScope => (SCOPES as readonly string[]).includes(text);
