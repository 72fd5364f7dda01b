import { DomainError, type Cause } from '#kernel';
import { reconcile, seenByCount } from './stock-count.js';
import { fillsOf } from './stock-backorders.js';
import { isBooked } from './stock-facts.js';
import { type StockCommand, type StockEvent } from './stock-messages.js';
import { atMost, decideReservation } from './stock-reservations.js';
import { shortfallOf } from './stock-shortfall.js';
import { type StockItem } from './stock-state.js';

type Data<Type extends StockCommand['type']> = Extract<StockCommand, { type: Type }>['data'];

export const decide = (command: StockCommand, item: Readonly<StockItem>, cause: Cause): StockEvent[] => {
  const decided = decideAlone(command, item, cause);
  const [fact] = decided;
  if (!fact || isBooked(fact, item)) return [];
  const events = [...decided, ...seenByCount(decided, item, cause)];
  return [...events, ...shortfallOf(events, item), ...fillsOf(events, item)];
};

const decideAlone = (command: StockCommand, item: Readonly<StockItem>, cause: Cause): StockEvent[] => {
  const { type, data } = command;
  switch (type) {
    case 'ReceiveStock':
      return receive(data, item);
    case 'RecordStockCount':
      return reconcile(data, item, cause);
    case 'AdjustStock':
      return data.delta === 0 ? [] : [{ type: 'StockAdjusted', data }];
    case 'RecordStockIssue':
      return [{ type: 'StockIssued', data }];
    case 'RestockReturn':
      return [{ type: 'StockRestocked', data }];
    case 'MarkStockUnavailable':
      atMost(item.onHand - item.unavailableTotal, data.quantity);
      return [{ type: 'StockMadeUnavailable', data }];
    case 'MarkStockAvailable':
      atMost(item.unavailable.get(data.reason) ?? 0, data.quantity);
      return [{ type: 'StockMadeAvailable', data }];
    case 'AnnounceIncomingStock':
      return announce(data, item);
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

const receive = (data: Data<'ReceiveStock'>, { incoming }: Readonly<StockItem>) => {
  const { quantity, ref, incomingRef, incomingRest = false, factId } = data;
  const received: StockEvent = {
    type: 'StockReceived',
    data: { quantity, ref, ...(factId !== undefined && { factId }) },
  };
  const expected = incomingRef === undefined ? undefined : incoming.get(incomingRef);
  if (incomingRef === undefined || !expected) return [received];
  const rest = expected.quantity - quantity;
  if (incomingRest && rest > 0) {
    const still: StockEvent = {
      type: 'IncomingStockChanged',
      data: { ref: incomingRef, quantity: rest, eta: expected.eta },
    };
    return [received, still];
  }
  const arrived: StockEvent = { type: 'IncomingStockArrived', data: { ref: incomingRef, quantity: expected.quantity } };
  return [received, arrived];
};

const announce = (data: Data<'AnnounceIncomingStock'>, item: Readonly<StockItem>): StockEvent[] =>
  item.incoming.has(data.ref) ? changeIncoming(data, item) : [{ type: 'IncomingStockAnnounced', data }];

const changeIncoming = (data: Data<'ChangeIncomingStock'>, { incoming }: Readonly<StockItem>): StockEvent[] => {
  const known = incoming.get(data.ref);
  if (!known) throw new DomainError('incoming-not-found', `Nothing is announced as ${data.ref}`);
  const same = known.quantity === data.quantity && known.eta === data.eta;
  return same ? [] : [{ type: 'IncomingStockChanged', data }];
};
