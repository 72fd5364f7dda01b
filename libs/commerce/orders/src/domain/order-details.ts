/** The content of an order as the channel sends it. */
import { type ApproximatePosition } from './sourcing-decision.js';

export const METHODS = ['ship', 'pickup', 'carry-out'] as const;
export type Method = (typeof METHODS)[number];

export interface OrderLine {
  /** Unique in the order; chosen by the channel, for example its own line number. */
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  /** Price of one unit in units of `10^-scale` of the order's currency. */
  readonly unitPrice: { readonly amount: number; readonly scale: number };
  /** The title under which it was sold. */
  readonly title?: string;
  readonly method: Method;
  /** Required for pickup and carry-out, and in recorded orders: the location of the goods. */
  readonly locationId?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** The ordered kit that this line is a component of. `lineId` is that of the line that was replaced by its components. */
  readonly kit?: { readonly sku: string; readonly lineId: string; readonly quantity: number };
}

export const CHARGE_KINDS = ['shipping', 'fee', 'manual', 'discount', 'samples', 'gift-card', 'adjustment'] as const;
export type ChargeKind = (typeof CHARGE_KINDS)[number];

/** An amount on an order or return that is not for goods. May be negative. */
export interface Charge {
  readonly chargeId: string;
  readonly kind: ChargeKind;
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly scale: number };
  readonly title?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Personal data: each field is sealed under the order's subject. */
export interface Contact {
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
}

/** Personal data; the country is not part of it. */
export interface Address {
  readonly lines: readonly string[];
  readonly postalCode?: string;
  readonly city?: string;
}

/** One means of payment for one amount, in minor units. Each tender has one payment: see {@link paymentIdOf}. */
export interface Tender {
  /** Unique in the order. */
  readonly tenderId: string;
  /** `cash` and `terminal` have been taken at a till already. */
  readonly kind: 'card' | 'wallet' | 'bank-transfer' | 'gift-card' | 'store-credit' | 'voucher' | 'cash' | 'terminal';
  readonly amount: number;
  /** The payment provider's token. Sealed. */
  readonly token?: string;
  /** Id of the gift card, credit account or voucher. */
  readonly instrumentId?: string;
}

export const paymentIdOf = (orderId: string, tenderId: string) => `${orderId}.${tenderId}`;

/** The inverse of {@link paymentIdOf}. */
export const tenderIdOf = (orderId: string, paymentId: string) => paymentId.slice(orderId.length + 1);

/** When authorized amounts are captured. */
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
  /** ISO 3166-1 alpha-2. Not sealed, for tax and statistics. */
  readonly country?: string;
  /** A key that orders of one customer to one address share; see {@link recipientOf}. */
  readonly recipient?: string;
  /** For sourcing by distance. */
  readonly near?: ApproximatePosition;
  readonly lines: readonly OrderLine[];
  readonly charges: readonly Charge[];
  /** Further fields of the channel. Never personal data. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Their sum is the total, unless the rest is paid later. Absent if the order is not paid through Kontor. */
  readonly tenders?: readonly Tender[];
  /** Default `on-shipping`. */
  readonly capture?: CapturePolicy;
  /** The amount that the tenders do not cover is due at pickup or later, see `PayOrder`. */
  readonly payLater?: true;
  /** The cart that the order was made from. */
  readonly cartId?: string;
}
