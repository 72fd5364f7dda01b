/** What an order is made of, as a channel says it. */
import { type Near } from './sourcing-decision.js';

export type Method = 'ship' | 'pickup' | 'carry-out';

export interface OrderLine {
  /** Unique in the order; chosen by the channel, for example its own line number. */
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  /** Price of one unit in units of `10^-scale` of the order's currency. */
  readonly unitPrice: { readonly amount: number; readonly scale: number };
  /** The title as sold. */
  readonly title?: string;
  readonly method: Method;
  /** Required for pickup and carry-out, and in recorded orders: where the goods are or were. */
  readonly locationId?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** The line of a kit that this one is a component of; no line itself. */
  readonly kit?: { readonly sku: string; readonly lineId: string; readonly quantity: number };
}

export type ChargeKind = 'shipping' | 'fee' | 'manual' | 'discount' | 'samples' | 'gift-card' | 'adjustment';

/** Money on an order or return that is not goods. May be negative. */
export interface Charge {
  readonly chargeId: string;
  readonly kind: ChargeKind;
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly scale: number };
  readonly title?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Personal: stored encrypted under the order's subject. */
export interface Contact {
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
}

/** Personal but for the country. */
export interface Address {
  readonly lines: readonly string[];
  readonly postalCode?: string;
  readonly city?: string;
}

/** What the buyer pays with. Amounts are minor units; one payment each, see {@link paymentIdOf}. */
export interface Tender {
  /** Unique in the order. */
  readonly tenderId: string;
  /** `cash` and `terminal` were taken at a till: a fact. */
  readonly kind: 'card' | 'wallet' | 'bank-transfer' | 'gift-card' | 'store-credit' | 'voucher' | 'cash' | 'terminal';
  readonly amount: number;
  /** The payment provider's token. */
  readonly token?: string;
  /** Of the gift card, credit account or voucher. */
  readonly instrumentId?: string;
}

export const paymentIdOf = (orderId: string, tenderId: string) => `${orderId}.${tenderId}`;

/** When authorized money is taken. */
export type CapturePolicy = 'now' | 'on-shipping';

export interface OrderDetails {
  /** The channel's own number. */
  readonly externalRef?: string;
  /** A registered customer; absent for guests. */
  readonly customerId?: string;
  readonly currency: string;
  readonly locale?: string;
  readonly contact?: Contact;
  readonly shipTo?: Address;
  /** ISO 3166-1 alpha-2, kept in the clear for tax and statistics. */
  readonly country?: string;
  /** A key that orders of one customer to one address share; see {@link recipientOf}. */
  readonly recipient?: string;
  /** For sourcing by distance. */
  readonly near?: Near;
  readonly lines: readonly OrderLine[];
  readonly charges: readonly Charge[];
  /** Free facts of the channel. Never personal data. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** None: payment is not Kontor's business. Together the total, unless the rest is paid later. */
  readonly tenders?: readonly Tender[];
  /** Default `on-shipping`. */
  readonly capture?: CapturePolicy;
  /** What the tenders do not cover is due at pickup or later: {@link OrderCommand} PayOrder. */
  readonly payLater?: true;
  /** The cart that it was made from. */
  readonly cartId?: string;
}
