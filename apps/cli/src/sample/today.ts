/** The sample's orders of today: checked out as any order is, paid in several ways, and at different stages. */
import { type BatchCommand } from '#client';
import { Random } from '#kernel';
import { type Product, products } from './goods.js';
import { commandLine, customers, FRAME, orderLines, PRINT, REMOTE_CHANNELS, SEED, STORES } from './trade.js';

const ORDERS = 40;
const GIFT_CARD = { code: 'SAMPLE-GIFT-CARD-NOBODY-OWNS', amount: 1000, currency: 'GBP' };

const orderOf = (number: number) => `sample-today-${String(number).padStart(2, '0')}`;

/** Orders that the summary names, by what they show. */
export const EXAMPLES = {
  delivered: orderOf(1),
  byGiftCard: orderOf(2),
  toCollect: orderOf(3),
  split: orderOf(4),
  returned: orderOf(5),
  paidAtTill: orderOf(6),
} as const;

const [SOHO, YORK] = STORES;

interface Purchase {
  readonly lines: ReturnType<typeof orderLines>;
  /** The fields of the order that say how it is paid. Without it, the order is paid outside of Kontor. */
  readonly payment?: (total: number) => object;
}

const byCard = (total: number, tenderId = 'card') => ({ tenderId, kind: 'card', amount: total, token: 'tok_visa' });
const cardOnly = (total: number) => ({ tenders: [byCard(total)] });
const payLater = () => ({ payLater: true });

/** A gift card pays first, a card pays the rest. */
const giftCardFirst = (total: number) => {
  const { code, amount } = GIFT_CARD;
  const held = Math.min(amount, total);
  const card = { tenderId: 'gift', kind: 'gift-card', amount: held, code };
  return { tenders: [card, ...(held < total ? [byCard(total - held)] : [])] };
};

const lineOfOne = ({ sku, title, pence }: Product, lineId: string, delivery: object) => ({
  lineId,
  sku,
  title,
  quantity: 1,
  unitPrice: { amount: pence, scale: 2 },
  ...delivery,
});

/** The first few orders are the examples. Of the others, the marketplace takes its payments itself. */
const purchaseFor = (orderId: string, random: Random, channel: string): Purchase => {
  const product = random.pick(products);
  switch (orderId) {
    case EXAMPLES.byGiftCard:
      return { lines: orderLines(random, { method: 'ship' }), payment: giftCardFirst };
    case EXAMPLES.toCollect:
      return { lines: [lineOfOne(product, '1', { method: 'pickup', locationId: SOHO })], payment: cardOnly };
    case EXAMPLES.split:
      return {
        lines: [FRAME, PRINT].map((article, n) => lineOfOne(article, String(n + 1), { method: 'ship' })),
        payment: cardOnly,
      };
    case EXAMPLES.paidAtTill:
      return { lines: [lineOfOne(product, '1', { method: 'pickup', locationId: YORK })], payment: payLater };
    default:
      return { lines: orderLines(random, { method: 'ship' }), ...(channel !== 'marketplace' && { payment: cardOnly }) };
  }
};

const totalOf = (lines: Purchase['lines']) =>
  lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice.amount, 0);

/** @param withPayments only where a simulator stands for the payment provider: a real one would move money */
export const todaysPurchases = (withPayments: boolean): BatchCommand[] => {
  const random = new Random(SEED + 2);
  return Array.from({ length: ORDERS }, (_, n) => {
    const orderId = orderOf(n + 1);
    const { first, last, customerId } = random.pick(customers);
    const channel = n < Object.keys(EXAMPLES).length ? 'web' : random.pick(REMOTE_CHANNELS);
    const { lines, payment } = purchaseFor(orderId, random, channel);
    const data = {
      orderId,
      customerId,
      contact: { name: `${first} ${last}`, email: `${first}.${last}@example.com`.toLowerCase() },
      shipTo: { lines: ['1 Sample Street'], city: 'Leeds', postalCode: 'LS1 1AA' },
      country: 'GB',
      lines,
      charges: [],
      ...(withPayments && payment?.(totalOf(lines))),
    };
    return commandLine('PlaceOrder', orderId, data, { channel });
  });
};

export const giftCard = (): BatchCommand => commandLine('IssueGiftCard', 'gift-card', GIFT_CARD);

/** The ids of all orders of today. */
export const todaysOrderIds = Array.from({ length: ORDERS }, (_, n) => orderOf(n + 1));
