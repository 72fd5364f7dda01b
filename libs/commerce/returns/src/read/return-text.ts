import { moneyText } from '#kernel';
import { type ReturnDetails } from '../domain/recorded-return.js';
import { type LineQuantity } from '../domain/return-messages.js';
import { type ReturnEvent } from '../domain/return-state.js';

/** @returns the ids of the orders that the event names */
export const ordersOfReturn = ({ type, data }: ReturnEvent): string[] => {
  if (type !== 'ReturnRecorded') return data.orderId === undefined ? [] : [data.orderId];
  return [...new Set(data.lines.flatMap(({ original }) => (original ? [original.orderId] : [])))];
};

/** Describes the event in a sentence for people, without personal data. A recorded return is limited to goods of the order. */
export const returnText = ({ type, data }: ReturnEvent, orderId: string): string => {
  switch (type) {
    case 'ReturnRecorded':
      return recordedText(data, orderId);
    case 'ReturnRequested':
      return `Return requested, ${data.reason}: ${unitsText(data.lines)}`;
    case 'ReturnApproved':
      return `Return approved: ${unitsText(data.lines)}`;
    case 'ReturnDeclined':
      return `Return declined: ${data.reason}${data.returnable ? ` (${returnableText(data.returnable)})` : ''}`;
    case 'ReturnReceived':
      return `Return received at ${data.locationId}: ${unitsText(data.lines)}`;
    case 'ReturnItemsInspected':
      return `Return inspected at ${data.locationId}: ${data.items
        .map(({ quantity, sku, disposition }) => `${quantity} × ${sku} ${disposition}`)
        .join(', ')}`;
    case 'ReturnExchanged':
      return `Return exchanged for order ${data.newOrderId}`;
    case 'ReturnAssessed':
      return `Return worth ${data.worth}${data.unpaid ? `, ${data.unpaid} of it never paid` : ''}, less fees of ${data.fees} (minor units)`;
    case 'ReturnRefundRequested':
    case 'ReturnCreditRequested':
      return `${moneyText(data.amount, data.currency)} to be given back${type === 'ReturnCreditRequested' ? ' as store credit' : ''}`;
    case 'ReturnRefunded':
      return `${data.amount} minor units given back: ${data.by}`;
    case 'ReturnRefundFailed':
      return `Refund failed: ${data.code}`;
    case 'ReturnClosed':
      return 'Return closed';
  }
};

const recordedText = ({ lines }: ReturnDetails, orderId: string) =>
  lines
    .filter(({ original }) => original?.orderId === orderId)
    .map(
      ({ quantity, sku, locationId, disposition }) => `${quantity} × ${sku} returned at ${locationId}: ${disposition}`,
    )
    .join('; ');

const unitsText = (lines: readonly { readonly quantity: number; readonly sku: string }[]) =>
  lines.map(({ quantity, sku }) => `${quantity} × ${sku}`).join(', ');

const returnableText = (lines: readonly LineQuantity[]) =>
  lines.map(({ lineId, quantity }) => `${quantity} of line ${lineId} left`).join(', ');
