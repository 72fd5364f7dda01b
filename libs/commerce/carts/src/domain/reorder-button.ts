/** A button that is configured once; each press is one order, however often the press is sent. */
import { DomainError, type Cause, type Decider, type EventDefinitions } from '#kernel';
import { orderIdOfPress, type ReorderCommand, type ReorderEvent } from './reorder-messages.js';

export * from './reorder-messages.js';

/** Presses to remember, for repeats under another idempotency key. */
const MEMORY = 1000;

/** Changed in place by the fold. */
interface ReorderButton {
  /** That configured it; empty before. */
  channel: string;
  debounceSeconds: number;
  maxPerDay: number;
  /** The press that ordered last, milliseconds since 1970. */
  lastOrder: number;
  /** Day → orders in it; of the last day only. */
  day: string;
  orders: number;
  readonly presses: Set<string>;
}

const decide = ({ type, data }: ReorderCommand, button: Readonly<ReorderButton>, cause: Cause): ReorderEvent[] => {
  switch (type) {
    case 'ConfigureReorderButton': {
      const { buttonId, ...template } = data;
      if (button.channel !== '') mustBeOf(buttonId, button, cause);
      checkTemplate(template);
      return [{ type: 'ReorderButtonConfigured', data: template }];
    }
    case 'PressReorderButton':
      mustBeOf(data.buttonId, button, cause);
      return press(data, button, cause);
    case 'RecordReorderFailure':
      return [{ type: 'ReorderFailed', data: { orderId: data.orderId, code: data.code } }];
  }
};

/** Another channel's button is none. @throws DomainError `reorder-button-not-found` */
const mustBeOf = (buttonId: string, button: Readonly<ReorderButton>, { channel }: Cause) => {
  if (button.channel === channel) return;
  throw new DomainError(
    'reorder-button-not-found',
    `There is no button ${buttonId}: ConfigureReorderButton comes first`,
  );
};

/** @throws DomainError `invalid-lines` */
const checkTemplate = ({
  lines,
}: {
  readonly lines: readonly { lineId: string; method: string; locationId?: string }[];
}) => {
  const astray = lines.find(({ method, locationId }) => method !== 'ship' && locationId === undefined);
  if (astray)
    throw new DomainError('invalid-lines', `Line ${astray.lineId} needs a location`, { lineId: astray.lineId });
  if (new Set(lines.map(({ lineId }) => lineId)).size < lines.length) {
    throw new DomainError('invalid-lines', 'A line id is there twice');
  }
};

const press = (
  { buttonId, pressId }: { buttonId: string; pressId: string },
  button: Readonly<ReorderButton>,
  { occurredAt }: Cause,
): ReorderEvent[] => {
  if (button.presses.has(pressId)) return [];
  const sinceLast = Math.abs(Date.parse(occurredAt) - button.lastOrder);
  if (sinceLast < button.debounceSeconds * 1000) {
    return [{ type: 'ReorderPressIgnored', data: { pressId, reason: 'debounced' } }];
  }
  const today = button.day === dayOf(occurredAt) ? button.orders : 0;
  return today >= button.maxPerDay
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
      remember(button, data.pressId);
      const orders = (button.day === day ? button.orders : 0) + 1;
      return Object.assign(button, { day, orders, lastOrder: Date.parse(occurredAt) });
    }
    case 'ReorderPressIgnored':
      remember(button, data.pressId);
      return button;
    case 'ReorderFailed':
      return button;
  }
};

const remember = ({ presses }: ReorderButton, pressId: string) => {
  presses.add(pressId);
  const [oldest] = presses;
  if (presses.size > MEMORY && oldest !== undefined) presses.delete(oldest);
};

const decider: Decider<ReorderButton, ReorderCommand, ReorderEvent> = {
  initialState: () => ({
    channel: '',
    debounceSeconds: 0,
    maxPerDay: 0,
    lastOrder: 0,
    day: '',
    orders: 0,
    presses: new Set(),
  }),
  decide,
  evolve,
};

const personal = ['contact.name', 'contact.email', 'contact.phone', 'shipTo', 'payment.token'];

const events: EventDefinitions<ReorderEvent> = {
  ReorderButtonConfigured: { version: 1, personal },
  ReorderButtonPressed: { version: 1 },
  ReorderPressIgnored: { version: 1 },
  ReorderFailed: { version: 1 },
};

export const reorderButton = { category: 'reorderbutton', decider, events };
