import { DomainError } from '#kernel';
import { type LineQuantity, type OrderDetails } from './order-messages.js';
import { type Holding, type Line } from './units.js';
import { NOTHING, worthOfLines } from './worth.js';

export type Status = 'none' | 'pending' | 'confirmed' | 'rejected' | 'cancelled' | 'recorded';

interface Edit {
  readonly add: OrderDetails['lines'];
  readonly remove: readonly LineQuantity[];
}

/** What decisions about one order rest on. Changed in place by the fold. */
export interface Order {
  status: Status;
  currency: string;
  customerId?: string;
  /** Of the checkout. */
  expiresAt: string;
  /** Plans made so far. */
  attempts: number;
  lines: Map<string, Line>;
  /** The oldest first. */
  readonly holdings: Holding[];
  readonly holds: Set<string>;
  /** Its payments are Kontor's business. */
  isPaidHere: boolean;
  /** What the order comes to, less what was cancelled or given back. */
  payable: number;
  /** Amounts by tender, without those dropped. */
  readonly tenders: Map<string, number>;
  /** Of the tenders, what went back as the order came to less: it pays for nothing that is added later. */
  givenBack: number;
  /** Cancellations that locations are asked about. */
  readonly cancelling: Map<string, readonly LineQuantity[]>;
  /** Cancellations that have had their answer. */
  readonly settled: Set<string>;
  /** Units that are announced to come back, by return and line. */
  readonly announced: Map<string, Map<string, number>>;
  /** Proposed, neither applied nor discarded. */
  readonly edits: Map<string, Edit>;
}

export const initialState = (): Order => ({
  status: 'none',
  currency: '',
  expiresAt: '',
  attempts: 0,
  lines: new Map(),
  holdings: [],
  holds: new Set(),
  isPaidHere: false,
  payable: 0,
  tenders: new Map(),
  givenBack: 0,
  cancelling: new Map(),
  settled: new Set(),
  announced: new Map(),
  edits: new Map(),
});

/** The lines of a new order, or those that an edit adds. */
export const linesOf = (
  details: Pick<OrderDetails, 'lines' | 'charges' | 'currency'>,
  start: 'open' | 'fulfilled',
): [lineId: string, line: Line][] => {
  const worth = worthOfLines(details);
  return details.lines.map(({ lineId, quantity }, index) => {
    const none = { open: 0, allocated: 0, fulfilled: 0, cancelled: 0, returned: 0, worth: NOTHING, sold: NOTHING };
    const value = worth[index] ?? NOTHING;
    return [
      lineId,
      { ...none, ordered: quantity, [start]: quantity, ...(start === 'open' ? { worth: value } : { sold: value }) },
    ];
  });
};

/** Units of a line that cancellations under way have asked for. */
export const asked = ({ cancelling }: Readonly<Order>, lineId: string) =>
  [...cancelling.values()].flat().reduce((all, one) => (one.lineId === lineId ? all + one.quantity : all), 0);

/** Units of a line that are announced to come back. */
export const announcedOf = ({ announced }: Readonly<Order>, lineId: string) =>
  announced.values().reduce((all, lines) => all + (lines.get(lineId) ?? 0), 0);

/** @throws DomainError `order-ended`, `order-pending` */
export const checkConfirmed = ({ status }: Readonly<Order>, orderId: string) => {
  if (status === 'confirmed') return;
  if (status === 'pending') {
    throw new DomainError('order-pending', `Order ${orderId} is not confirmed yet`, { retryable: true });
  }
  throw new DomainError('order-ended', `Order ${orderId} is ${status}`, { state: status });
};
