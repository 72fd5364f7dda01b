/** How an order begins: placed by a buyer, to be confirmed, or recorded as a fact. */
import { DomainError, withAccounts } from '#kernel';
import { checkLines, orderTotal } from './order-lines.js';
import {
  coarse,
  type ChannelTerms,
  type OrderDetails,
  type OrderEvent,
  type OrderLine,
  type Placement,
} from './order-messages.js';
import { checkPlan } from './complete-plan.js';
import { recipientOf } from './recipient.js';
import { checkTenders } from './tenders.js';

/**
 * @throws DomainError `channel-not-found`, `currency-not-of-channel`, `method-not-offered`, `invalid-lines`,
 * `plan-incomplete`
 */
export const place = ({ terms, plan, addressKey, ...data }: Placement, occurredAt: string): OrderEvent[] => {
  if (!terms) throw new DomainError('channel-not-found', 'No such channel is configured');
  const currency = data.currency ?? terms.currency;
  const recipient = recipientOf(data.customerId, addressKey);
  const details: OrderDetails = {
    ...data,
    currency,
    ...(recipient !== undefined && { recipient }),
    ...(data.tenders && { tenders: withAccounts(data.tenders, { ...data, currency }) }),
    ...(data.near && { near: coarse(data.near) }),
  };
  checkTerms(details, terms);
  const total = orderTotal([...details.lines, ...details.charges], details.currency);
  if (total < 0) throw new DomainError('invalid-lines', 'The total is below zero', { total });
  checkTenders(details, total);
  const expiresAt = new Date(Date.parse(occurredAt) + terms.reservationTtlSeconds * 1000).toISOString();
  return [
    { type: 'OrderPlaced', data: { ...details, expiresAt, total } },
    { type: 'FulfillmentPlanned', data: checkPlan(plan, details.lines) },
  ];
};

const checkTerms = (details: OrderDetails, { currency, locations }: ChannelTerms) => {
  if (details.currency !== currency) {
    throw new DomainError('currency-not-of-channel', `The channel sells in ${currency}`, { currency });
  }
  checkLines(details, ({ method }) => method !== 'ship');
  checkOffered(details.lines, { locations });
};

/** @throws DomainError `method-not-offered` */
export const checkOffered = (lines: readonly OrderLine[], { locations }: Pick<ChannelTerms, 'locations'>) => {
  const offered = ({ locationId, method }: OrderLine) =>
    locationId === undefined || locations.some((at) => at.locationId === locationId && at.methods.includes(method));
  const astray = lines.find((line) => !offered(line));
  if (!astray) return;
  const { lineId, method, locationId = '' } = astray;
  const message = `The channel does not offer ${method} at ${locationId}`;
  throw new DomainError('method-not-offered', message, { lineId, method, locationId });
};

/** Facts are not refused, but must make sense. @throws DomainError `invalid-lines` */
export const record = (details: OrderDetails): OrderEvent[] => {
  checkLines(details, () => true);
  const total = orderTotal([...details.lines, ...details.charges], details.currency);
  return [{ type: 'OrderRecorded', data: { ...details, total } }];
};
