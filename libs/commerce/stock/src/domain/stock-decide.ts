import { DomainError, type DecisionCause } from '#kernel';
import { fillBackorders } from './stock-backorders.js';
import { isAlreadyBooked } from './stock-booked-facts.js';
import { correctForLastCount, reconcileCount } from './stock-count.js';
import { type StockCommand, type StockEvent } from './stock-messages.js';
import { checkQuantity, decideReservation } from './stock-reservations.js';
import { detectShortfall } from './stock-shortfall.js';
import { type StockItem } from './stock-state.js';

/**
 * What the command itself leads to, then what follows from it: the correction of a fact that the last count has seen, the
 * shortfall, and the backorders that are filled.
 *
 * @throws DomainError
 */
export const decide = (command: StockCommand, item: Readonly<StockItem>, cause: DecisionCause): StockEvent[] => {
  const decided = decideCommand(command, item, cause);
  const [fact] = decided;
  if (!fact || isAlreadyBooked(fact, item)) return [];
  const events = [...decided, ...correctForLastCount(decided, item, cause)];
  return [...events, ...detectShortfall(events, item), ...fillBackorders(events, item)];
};

const decideCommand = (command: StockCommand, item: Readonly<StockItem>, cause: DecisionCause): StockEvent[] => {
  const { type, data } = command;
  switch (type) {
    case 'ReceiveStock':
      return receiveStock(data, item);
    case 'RecordStockCount':
      return reconcileCount(data, item, cause);
    case 'AdjustStock':
      return data.delta === 0 ? [] : [{ type: 'StockAdjusted', data }];
    case 'RecordStockIssue':
      return [{ type: 'StockIssued', data }];
    case 'RestockReturn':
      return [{ type: 'StockRestocked', data }];
    case 'MarkStockUnavailable':
      checkQuantity(data.quantity, item.onHand - item.unavailableTotal);
      return [{ type: 'StockMadeUnavailable', data }];
    case 'MarkStockAvailable':
      checkQuantity(data.quantity, item.unavailable.get(data.reason) ?? 0);
      return [{ type: 'StockMadeAvailable', data }];
    case 'AnnounceIncomingStock':
      return announceIncoming(data, item);
    case 'ChangeIncomingStock':
      return changeIncoming(data, item);
    case 'SetBackorderLimit':
      return data.limit === item.backorderLimit ? [] : [{ type: 'BackorderLimitSet', data }];
    case 'ReserveStock':
    case 'ExtendReservation':
    case 'FirmReservation':
    case 'ReduceReservation':
    case 'ReleaseReservation':
    case 'ExpireReservation':
    case 'ConsumeReservation':
      return decideReservation(command, item, cause);
  }
};

type Data<Type extends StockCommand['type']> = Extract<StockCommand, { type: Type }>['data'];

/** Goods arrive as announced, unannounced, or under a `ref` whose announcement has ended already. */
const receiveStock = (data: Data<'ReceiveStock'>, { incoming }: Readonly<StockItem>): StockEvent[] => {
  const { quantity, ref, incomingRef, incomingRest = false, factId } = data;
  const received: StockEvent = {
    type: 'StockReceived',
    data: { quantity, ref, ...(factId !== undefined && { factId }) },
  };
  const announced = incomingRef === undefined ? undefined : incoming.get(incomingRef);
  if (incomingRef === undefined || !announced) return [received];
  const rest = announced.quantity - quantity;
  if (incomingRest && rest > 0) {
    return [received, { type: 'IncomingStockChanged', data: { ref: incomingRef, quantity: rest, eta: announced.eta } }];
  }
  return [received, { type: 'IncomingStockArrived', data: { ref: incomingRef, quantity: announced.quantity } }];
};

const announceIncoming = (data: Data<'AnnounceIncomingStock'>, item: Readonly<StockItem>): StockEvent[] =>
  item.incoming.has(data.ref) ? changeIncoming(data, item) : [{ type: 'IncomingStockAnnounced', data }];

const changeIncoming = (data: Data<'ChangeIncomingStock'>, { incoming }: Readonly<StockItem>): StockEvent[] => {
  const announced = incoming.get(data.ref);
  if (!announced) throw new DomainError('incoming-not-found', `No delivery is announced as ${data.ref}`);
  const isSame = announced.quantity === data.quantity && announced.eta === data.eta;
  return isSame ? [] : [{ type: 'IncomingStockChanged', data }];
};
