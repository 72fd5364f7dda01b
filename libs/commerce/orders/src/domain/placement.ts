/** The first event of an order: it is placed by a buyer and awaits confirmation, or is recorded after it was sold elsewhere. */
import { DomainError, secondsAfter, withAccounts, totalOf } from '#kernel';
import { checkLines } from './order-lines.js';
import {
  roundPosition,
  type ChannelTerms,
  type OrderDetails,
  type OrderEvent,
  type OrderLine,
  type Placement,
} from './order-messages.js';
import { checkPlan } from './check-plan.js';
import { recipientOf } from './recipient.js';
import { checkTenders } from './tenders.js';

/**
 * @throws DomainError `channel-not-found`, `currency-not-of-channel`, `method-not-offered`, `invalid-lines`,
 * `tenders-do-not-add-up`, `plan-incomplete`
 */
export const place = ({ terms, plan, addressKey, ...data }: Placement, decidedAt: string): OrderEvent[] => {
  if (!terms) throw new DomainError('channel-not-found', 'The channel is not configured');
  const currency = data.currency ?? terms.currency;
  const recipient = recipientOf(data.customerId, addressKey);
  const details: OrderDetails = {
    ...data,
    currency,
    ...(recipient !== undefined && { recipient }),
    ...(data.tenders && { tenders: withAccounts(data.tenders, { ...data, currency }) }),
    ...(data.near && { near: roundPosition(data.near) }),
  };
  checkTerms(details, terms);
  const total = totalOf([...details.lines, ...details.charges], details.currency);
  if (total < 0) throw new DomainError('invalid-lines', 'The total is below zero', { total });
  checkTenders(details, total);
  const expiresAt = secondsAfter(decidedAt, terms.reservationTtlSeconds);
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
  const isOffered = ({ locationId, method }: OrderLine) =>
    locationId === undefined || locations.some((at) => at.locationId === locationId && at.methods.includes(method));
  const refused = lines.find((line) => !isOffered(line));
  if (!refused) return;
  const { lineId, method, locationId = '' } = refused;
  const message = `The channel does not offer ${method} at ${locationId}`;
  throw new DomainError('method-not-offered', message, { lineId, method, locationId });
};

/** The sale has happened, so only contradictory data is refused. @throws DomainError `invalid-lines` */
export const record = (details: OrderDetails): OrderEvent[] => {
  checkLines(details, () => true);
  const total = totalOf([...details.lines, ...details.charges], details.currency);
  return [{ type: 'OrderRecorded', data: { ...details, total } }];
};
