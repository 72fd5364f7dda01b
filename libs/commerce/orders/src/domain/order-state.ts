import { DomainError } from '#kernel';
import { type LineQuantity, type OrderDetails, type Tender } from './order-messages.js';
import { type OrderReservation, type LineUnits } from './line-units.js';
import { NO_VALUE, valueOfLines } from './line-value.js';

export type OrderPhase = 'none' | 'pending' | 'confirmed' | 'rejected' | 'cancelled' | 'recorded';

interface ProposedEdit {
  readonly add: OrderDetails['lines'];
  readonly remove: readonly LineQuantity[];
}

/** The tenders of an event, with the id of the event, to which their sealed tokens are bound. */
interface RecordedTenders {
  readonly eventId: string;
  readonly tenders: readonly Tender[];
}

/** The state of an order, for decisions and for handlers that prepare its commands. The fold changes it in place. */
export interface Order {
  status: OrderPhase;
  currency: string;
  customerId?: string;
  /** Deadline of the checkout, ISO 8601. */
  expiresAt: string;
  /** Number of plans made so far. */
  attempts: number;
  lines: Map<string, LineUnits>;
  /** Oldest first. */
  readonly reservations: OrderReservation[];
  readonly holds: Set<string>;
  /** Whether the order is paid through Kontor. */
  isPaidHere: boolean;
  /** The sum of all lines and charges in minor units, including lines that edits added and units that were later cancelled or returned. */
  total: number;
  /** `total` less the value of cancelled and returned units. */
  payable: number;
  /** What was refunded in addition to the value of cancelled and returned units, for example at a till or by hand. */
  extraRefunds: number;
  /** Refunds without a return that are counted, as `<payment>/<operation>`. */
  readonly countedRefunds: Set<string>;
  /** Whether everything is captured when the order is confirmed, so that the value of cancelled units has to be refunded. */
  isCapturedAtOnce: boolean;
  /** Value of cancelled units that is captured and not refunded yet. */
  unrefundedCancellations: number;
  /** Amounts by tender id, without dropped tenders, in minor units. */
  readonly tenders: Map<string, number>;
  /** Tenders as the log has them, by tender id; dropped ones, too. Those that were just decided are missing until they are read. */
  readonly recordedTenders: Map<string, RecordedTenders>;
  /** Ids of the vouchers among the tenders, by tender id. */
  readonly vouchers: Map<string, string>;
  /** Part of the tenders that was given back because `payable` fell. It does not pay for lines that are added later. */
  returnedTenders: number;
  /** Cancellations that locations have not answered yet, by id. */
  readonly requestedCancellations: Map<string, readonly LineQuantity[]>;
  /** Ids of cancellations that were carried out or refused. */
  readonly answeredCancellations: Set<string>;
  /** Units of announced returns, by return id and line id. */
  readonly announcedReturns: Map<string, Map<string, number>>;
  /** Edits that are neither applied nor discarded, by id. */
  readonly edits: Map<string, ProposedEdit>;
}

export const initialState = (): Order => ({
  status: 'none',
  currency: '',
  expiresAt: '',
  attempts: 0,
  lines: new Map(),
  reservations: [],
  holds: new Set(),
  isPaidHere: false,
  total: 0,
  payable: 0,
  extraRefunds: 0,
  countedRefunds: new Set(),
  isCapturedAtOnce: false,
  unrefundedCancellations: 0,
  tenders: new Map(),
  recordedTenders: new Map(),
  vouchers: new Map(),
  returnedTenders: 0,
  requestedCancellations: new Map(),
  answeredCancellations: new Set(),
  announcedReturns: new Map(),
  edits: new Map(),
});

/** The lines of a new order or of an edit. */
export const newLines = (
  details: Pick<OrderDetails, 'lines' | 'charges' | 'currency'>,
  start: 'open' | 'fulfilled',
): [lineId: string, line: LineUnits][] => {
  const values = valueOfLines(details);
  return details.lines.map(({ lineId, quantity }, index) => {
    const value = values[index];
    if (!value) throw new Error(`Line ${lineId} has no value`);
    const isOpen = start === 'open';
    return [
      lineId,
      {
        ordered: quantity,
        open: isOpen ? quantity : 0,
        allocated: 0,
        fulfilled: isOpen ? 0 : quantity,
        cancelled: 0,
        returned: 0,
        openValue: isOpen ? value : NO_VALUE,
        valueWithBuyer: isOpen ? NO_VALUE : value,
      },
    ];
  });
};

/** Units of a line in cancellations that are not answered yet. */
export const unitsInCancellation = ({ requestedCancellations }: Readonly<Order>, lineId: string) =>
  [...requestedCancellations.values()]
    .flat()
    .reduce((sum, cancelled) => (cancelled.lineId === lineId ? sum + cancelled.quantity : sum), 0);

/** Units of a line in announced returns. */
export const announcedUnits = ({ announcedReturns }: Readonly<Order>, lineId: string) =>
  announcedReturns.values().reduce((sum, lines) => sum + (lines.get(lineId) ?? 0), 0);

/** The part of the order's total that was neither cancelled nor refunded in any way, in minor units. */
export const moneyLeft = ({ payable, extraRefunds }: Readonly<Order>) => Math.max(0, payable - extraRefunds);

/** @throws DomainError `order-ended`, `order-pending` */
export const checkConfirmed = ({ status }: Readonly<Order>, orderId: string) => {
  if (status === 'confirmed') return;
  if (status === 'pending') {
    throw new DomainError('order-pending', `Order ${orderId} is not confirmed yet`, { retryable: true });
  }
  throw new DomainError('order-ended', `Order ${orderId} is ${status}`, { state: status });
};
