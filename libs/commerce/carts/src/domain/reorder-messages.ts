/** What is said to and by a reorder button: stream `reorderbutton-<buttonId>`. */
import { KONTOR_NAMESPACE, uuidv5, type Message } from '#kernel';
import { type CartLine } from './cart-messages.js';

/** What one press orders, in the name of the channel that configured the button. */
export interface ReorderTemplate {
  readonly customerId: string;
  readonly currency: string;
  readonly lines: readonly CartLine[];
  /** Personal. */
  readonly contact?: { readonly name?: string; readonly email?: string; readonly phone?: string };
  /** Personal. */
  readonly shipTo?: { readonly lines: readonly string[]; readonly postalCode?: string; readonly city?: string };
  readonly country?: string;
  /** Without it, payment is not Kontor's business. The token is sealed like personal data. */
  readonly payment?: { readonly kind: 'card' | 'wallet' | 'bank-transfer'; readonly token: string };
}

interface Limits {
  /** A press so soon after one that ordered does nothing. */
  readonly debounceSeconds: number;
  /** Orders in a day (UTC); 0 turns the button off. */
  readonly maxPerDay: number;
}

export type ReorderCommand =
  /** Again: replaces the template and the limits. */
  | Message<'ConfigureReorderButton', { buttonId: string } & ReorderTemplate & Limits>
  /** `pressId` is the device's own, the same when it sends a press again. */
  | Message<'PressReorderButton', { buttonId: string; pressId: string }>
  /** Of the process: the order could not be placed. */
  | Message<'RecordReorderFailure', { buttonId: string; orderId: string; code: string }>;

export type ReorderEvent =
  | Message<'ReorderButtonConfigured', ReorderTemplate & Limits>
  | Message<'ReorderButtonPressed', { pressId: string; orderId: string }>
  | Message<'ReorderPressIgnored', { pressId: string; reason: 'debounced' | 'daily-limit' }>
  | Message<'ReorderFailed', { orderId: string; code: string }>;

/** The order that a press leads to, if it leads to one. */
export const orderIdOfPress = (buttonId: string, pressId: string) =>
  uuidv5(KONTOR_NAMESPACE, `reorder/${buttonId}/${pressId}`);
