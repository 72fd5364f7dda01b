/**
 * A reorder button is configured once; each press places one order, even if the device sends the press several times. Stream
 * `reorderbutton-<buttonId>`.
 */
import {
  DomainError,
  KONTOR_NAMESPACE,
  uuidv5,
  type Cause,
  type Decider,
  type EventDefinitions,
  type Message,
} from '#kernel';
import { type CartLine } from './cart-messages.js';

/** A device may send a press again under another idempotency key: so many presses are recognized. */
const MAX_PRESSES_REMEMBERED = 1000;

/** The order that a press places, on the channel that configured the button. */
export interface ReorderTemplate {
  readonly customerId: string;
  readonly currency: string;
  readonly lines: readonly CartLine[];
  /** Personal. */
  readonly contact?: { readonly name?: string; readonly email?: string; readonly phone?: string };
  /** Personal. */
  readonly shipTo?: { readonly lines: readonly string[]; readonly postalCode?: string; readonly city?: string };
  readonly country?: string;
  /** Without it, the order is not paid through Kontor. The token is sealed like personal data. */
  readonly payment?: { readonly kind: 'card' | 'wallet' | 'bank-transfer'; readonly token: string };
}

interface PressLimits {
  /** A press that follows an order within so many seconds is ignored. */
  readonly debounceSeconds: number;
  /** Orders per day (UTC); 0 disables the button. */
  readonly maxPerDay: number;
}

export type ReorderCommand =
  /** Replaces the template and the limits of an earlier configuration. */
  | Message<'ConfigureReorderButton', { buttonId: string } & ReorderTemplate & PressLimits>
  /** `pressId` is made by the device: the same when it sends the press again. */
  | Message<'PressReorderButton', { buttonId: string; pressId: string }>
  /** Sent by the process when the order could not be placed. */
  | Message<'RecordReorderFailure', { buttonId: string; orderId: string; code: string }>;

export type ReorderEvent =
  | Message<'ReorderButtonConfigured', ReorderTemplate & PressLimits>
  | Message<'ReorderButtonPressed', { pressId: string; orderId: string }>
  | Message<'ReorderPressIgnored', { pressId: string; reason: 'debounced' | 'daily-limit' }>
  | Message<'ReorderFailed', { orderId: string; code: string }>;

/** Id of the order that the press places, unless it is ignored. */
export const orderIdOfPress = (buttonId: string, pressId: string) =>
  uuidv5(KONTOR_NAMESPACE, `reorder/${buttonId}/${pressId}`);

/** The fold changes it in place. */
interface ReorderButton {
  /** The channel that configured the button; empty before. */
  channel: string;
  debounceSeconds: number;
  maxPerDay: number;
  /** When the last order was pressed, in milliseconds since 1970. */
  lastOrderAt: number;
  /** The day (UTC) of the last order, and the number of orders on it. */
  day: string;
  orders: number;
  readonly presses: Set<string>;
}

const decide = ({ type, data }: ReorderCommand, button: Readonly<ReorderButton>, cause: Cause): ReorderEvent[] => {
  switch (type) {
    case 'ConfigureReorderButton': {
      const { buttonId, ...template } = data;
      if (button.channel !== '') checkChannel(buttonId, button, cause);
      checkTemplate(template);
      return [{ type: 'ReorderButtonConfigured', data: template }];
    }
    case 'PressReorderButton':
      checkChannel(data.buttonId, button, cause);
      return press(data, button, cause);
    case 'RecordReorderFailure':
      return [{ type: 'ReorderFailed', data: { orderId: data.orderId, code: data.code } }];
  }
};

/** @throws DomainError `reorder-button-not-found`, also for the button of another channel */
const checkChannel = (buttonId: string, button: Readonly<ReorderButton>, { channel }: Cause) => {
  if (button.channel === channel) return;
  throw new DomainError(
    'reorder-button-not-found',
    `There is no button ${buttonId}: send ConfigureReorderButton first`,
  );
};

/** @throws DomainError `invalid-lines` */
const checkTemplate = ({
  lines,
}: {
  readonly lines: readonly { lineId: string; method: string; locationId?: string }[];
}) => {
  const withoutLocation = lines.find(({ method, locationId }) => method !== 'ship' && locationId === undefined);
  if (withoutLocation) {
    const { lineId } = withoutLocation;
    throw new DomainError('invalid-lines', `Line ${lineId} needs a location`, { lineId });
  }
  if (new Set(lines.map(({ lineId }) => lineId)).size < lines.length) {
    throw new DomainError('invalid-lines', 'Each line needs a line id of its own');
  }
};

const press = (
  { buttonId, pressId }: { buttonId: string; pressId: string },
  button: Readonly<ReorderButton>,
  { occurredAt }: Cause,
): ReorderEvent[] => {
  if (button.presses.has(pressId)) return [];
  const sinceLast = Math.abs(Date.parse(occurredAt) - button.lastOrderAt);
  if (sinceLast < button.debounceSeconds * 1000) {
    return [{ type: 'ReorderPressIgnored', data: { pressId, reason: 'debounced' } }];
  }
  const ordersToday = button.day === dayOf(occurredAt) ? button.orders : 0;
  return ordersToday >= button.maxPerDay
    ? [{ type: 'ReorderPressIgnored', data: { pressId, reason: 'daily-limit' } }]
    : [{ type: 'ReorderButtonPressed', data: { pressId, orderId: orderIdOfPress(buttonId, pressId) } }];
};

const dayOf = (instant: string) => instant.slice(0, 10);

const evolve = (button: ReorderButton, { type, data }: ReorderEvent, { channel, occurredAt }: Cause): ReorderButton => {
  switch (type) {
    case 'ReorderButtonConfigured':
      return Object.assign(button, { channel, debounceSeconds: data.debounceSeconds, maxPerDay: data.maxPerDay });
    case 'ReorderButtonPressed': {
      const day = dayOf(occurredAt);
      rememberPress(button, data.pressId);
      const orders = (button.day === day ? button.orders : 0) + 1;
      return Object.assign(button, { day, orders, lastOrderAt: Date.parse(occurredAt) });
    }
    case 'ReorderPressIgnored':
      rememberPress(button, data.pressId);
      return button;
    case 'ReorderFailed':
      return button;
  }
};

const rememberPress = ({ presses }: ReorderButton, pressId: string) => {
  presses.add(pressId);
  const [oldest] = presses;
  if (presses.size > MAX_PRESSES_REMEMBERED && oldest !== undefined) presses.delete(oldest);
};

const decider: Decider<ReorderButton, ReorderCommand, ReorderEvent> = {
  initialState: () => ({
    channel: '',
    debounceSeconds: 0,
    maxPerDay: 0,
    lastOrderAt: 0,
    day: '',
    orders: 0,
    presses: new Set(),
  }),
  decide,
  evolve,
};

const personal = { account: ['contact.name', 'contact.email', 'contact.phone', 'shipTo', 'payment.token'] };

const events: EventDefinitions<ReorderEvent> = {
  ReorderButtonConfigured: { version: 1, personal },
  ReorderButtonPressed: { version: 1 },
  ReorderPressIgnored: { version: 1 },
  ReorderFailed: { version: 1 },
};

export const reorderButton = { category: 'reorderbutton', decider, events };
