/** Decisions about the tenders of a confirmed order and about edits of its lines. */
import { amountOutOfRange, DomainError, withAccounts, type Cause, totalOf } from '#kernel';
import { cancel } from './order-changes.js';
import { planCancellation, checkLines, checkUnique } from './order-lines.js';
import { type OrderCommand, type OrderEvent } from './order-messages.js';
import { checkConfirmed, type Order } from './order-state.js';
import { checkOffered } from './placement.js';
import { checkAdditionalTenders } from './tenders.js';
import { cancellableUnits } from './line-units.js';

type Data<Type extends OrderCommand['type']> = Extract<OrderCommand, { type: Type }>['data'];

export const pay = ({ orderId, tenders }: Data<'PayOrder'>, order: Readonly<Order>): OrderEvent[] => {
  checkConfirmed(order, orderId);
  if (tenders.length === 0) return [];
  checkAdditionalTenders(tenders, order);
  return [{ type: 'OrderTendered', data: { tenders: withAccounts(tenders, order) } }];
};

export const dropTender = ({ tenderId, reason }: Data<'DropTender'>, { tenders }: Readonly<Order>): OrderEvent[] =>
  tenders.has(tenderId) ? [{ type: 'OrderTenderDropped', data: { tenderId, reason } }] : [];

export const proposeEdit = (
  { orderId, editId, add, remove, terms }: Data<'ProposeOrderEdit'>,
  order: Readonly<Order>,
): OrderEvent[] => {
  checkConfirmed(order, orderId);
  if (order.edits.has(editId)) throw new DomainError('edit-exists', `There is an edit ${editId} already`);
  if (terms) checkOffered(add, terms);
  const { difference } = previewEdit({ add, remove }, order);
  const amounts = { totalBefore: order.payable, totalAfter: order.payable + difference, difference };
  return [{ type: 'OrderEditProposed', data: { editId, add, remove, ...amounts } }];
};

/** @throws DomainError `invalid-lines`, `order-fulfilled`, `line-not-found`, `line-already-fulfilled`, `amount-out-of-range` */
const previewEdit = ({ add, remove }: Pick<Data<'ProposeOrderEdit'>, 'add' | 'remove'>, order: Readonly<Order>) => {
  if (add.length + remove.length === 0) throw new DomainError('invalid-lines', 'The edit changes nothing');
  checkUnique([...order.lines.keys(), ...add.map(({ lineId }) => lineId)]);
  if (add.length > 0) checkLinesToAdd(add, order);
  const { refund } = planCancellation(remove, order.lines, order.reservations);
  const worth = totalOf(add, order.currency);
  if (!Number.isSafeInteger(order.total + worth)) throw amountOutOfRange('The lines and charges of the edited order');
  return { worth, difference: worth - refund };
};

/** Added goods leave with those that have not left yet, so there must be some. @throws DomainError `order-fulfilled`, `invalid-lines` */
const checkLinesToAdd = (add: Data<'ProposeOrderEdit'>['add'], { lines }: Readonly<Order>) => {
  if (lines.values().every((line) => cancellableUnits(line) === 0)) {
    throw new DomainError('order-fulfilled', 'Everything has left already: place a new order for more goods');
  }
  checkLines({ lines: add, charges: [] }, ({ method }) => method !== 'ship');
};

export const applyEdit = (
  { orderId, editId, tenders = [] }: Data<'ApplyOrderEdit'>,
  order: Readonly<Order>,
  cause: Cause,
): OrderEvent[] => {
  checkConfirmed(order, orderId);
  const edit = order.edits.get(editId);
  if (!edit) throw new DomainError('edit-not-found', `There is no open edit ${editId}`);
  const { worth, difference } = previewEdit(edit, order);
  if (tenders.length > 0) checkAdditionalTenders(tenders, { ...order, payable: order.payable + difference });
  const events: OrderEvent[] = [{ type: 'OrderEditApplied', data: { editId, add: edit.add, worth } }];
  if (tenders.length > 0) events.push({ type: 'OrderTendered', data: { tenders: withAccounts(tenders, order) } });
  if (edit.remove.length === 0) return events;
  return [...events, ...cancel({ orderId, lines: edit.remove, reason: 'edited' }, order, cause)];
};

export const discardEdit = ({ editId }: Data<'DiscardOrderEdit'>, { edits }: Readonly<Order>): OrderEvent[] =>
  edits.has(editId) ? [{ type: 'OrderEditDiscarded', data: { editId } }] : [];
