/** The sample's orders of today: checked out like any other, paid in several ways, and at different points of their way. */
import { Random } from '#kernel';
import { type CommandLine } from '../client.js';
import { products } from './goods.js';
import { customerIds, line, linesOf, PRINT, REMOTE, SEED, STORES } from './trade.js';

const ORDERS = 40;
const GIFT_CARD = { code: 'SAMPLE-GIFT-CARD-NOBODY-OWNS', amount: 1000, currency: 'GBP' };

const orderOf = (number: number) => `sample-today-${String(number).padStart(2, '0')}`;

/** What the summary tells of, by what it shows. */
export const TOLD = {
  delivered: orderOf(1),
  byGiftCard: orderOf(2),
  toCollect: orderOf(3),
  split: orderOf(4),
  returned: orderOf(5),
  paidAtTill: orderOf(6),
} as const;

const [SOHO, YORK] = STORES;

interface Wanted {
  readonly lines: ReturnType<typeof linesOf>;
  /** How it is paid, out of the total. Without: not Kontor's business. */
  readonly pay?: (total: number) => object;
}

const byCard = (total: number, tenderId = 'card') => ({ tenderId, kind: 'card', amount: total, token: 'tok_visa' });
const cardOnly = (total: number) => ({ tenders: [byCard(total)] });
const payLater = () => ({ payLater: true });

/** The rest by card. */
const giftCardFirst = (total: number) => {
  const { code, amount } = GIFT_CARD;
  const held = Math.min(amount, total);
  const card = { tenderId: 'gift', kind: 'gift-card', amount: held, code };
  return { tenders: [card, ...(held < total ? [byCard(total - held)] : [])] };
};

const oneOf = (
  { sku, title, pence }: { sku: string; title: string; pence: number },
  lineId: string,
  place: object,
) => ({
  ...{ lineId, sku, title, quantity: 1, unitPrice: { amount: pence, scale: 2 } },
  ...place,
});

/** The first few are told of; of the others the marketplace has been paid itself, and the rest are paid by card. */
const wantedFor = (orderId: string, random: Random, channel: string): Wanted => {
  const mine = random.pick(products);
  switch (orderId) {
    case TOLD.byGiftCard:
      return { lines: linesOf(random, { method: 'ship' }), pay: giftCardFirst };
    case TOLD.toCollect:
      return { lines: [oneOf(mine, '1', { method: 'pickup', locationId: SOHO })], pay: cardOnly };
    case TOLD.split:
      return { lines: [oneOf(mine, '1', { method: 'ship' }), oneOf(PRINT, '2', { method: 'ship' })], pay: cardOnly };
    case TOLD.paidAtTill:
      return { lines: [oneOf(mine, '1', { method: 'pickup', locationId: YORK })], pay: payLater };
    default:
      return { lines: linesOf(random, { method: 'ship' }), ...(channel !== 'marketplace' && { pay: cardOnly }) };
  }
};

const totalOf = (lines: Wanted['lines']) =>
  lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice.amount, 0);

/** @param paid whether payments may be asked for: of a simulator only */
export const today = (paid: boolean): CommandLine[] => {
  const random = new Random(SEED + 2);
  return Array.from({ length: ORDERS }, (_, n) => {
    const orderId = orderOf(n + 1);
    const { first, last, customerId } = random.pick(customerIds);
    const channel = n < Object.keys(TOLD).length ? 'web' : random.pick(REMOTE);
    const { lines, pay } = wantedFor(orderId, random, channel);
    const data = {
      orderId,
      customerId,
      contact: { name: `${first} ${last}`, email: `${first}.${last}@example.com`.toLowerCase() },
      shipTo: { lines: ['1 Sample Street'], city: 'Leeds', postalCode: 'LS1 1AA' },
      country: 'GB',
      lines,
      charges: [],
      ...(paid && pay?.(totalOf(lines))),
    };
    return line('PlaceOrder', orderId, data, { channel });
  });
};

export const giftCard = (): CommandLine => line('IssueGiftCard', 'gift-card', GIFT_CARD);

/** All orders that locations work on. */
export const todaysOrders = Array.from({ length: ORDERS }, (_, n) => orderOf(n + 1));
