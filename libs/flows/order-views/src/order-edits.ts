import { type LineQuantity, type OrderEvent, type OrderLine } from '#orders';

/** A proposed change of an order. Amounts, in minor units, are those of the time when it was proposed. */
export interface OrderEdit {
  readonly editId: string;
  readonly state: 'proposed' | 'applied' | 'discarded';
  readonly add: readonly OrderLine[];
  readonly remove: readonly LineQuantity[];
  readonly totalBefore: number;
  readonly totalAfter: number;
  /** totalAfter − totalBefore: to be paid if positive, to be refunded if negative. */
  readonly difference: number;
}

/** @returns all edits, oldest first, from the events of the order's stream */
export const orderEdits = (events: readonly OrderEvent[]): OrderEdit[] => {
  const edits = new Map<string, OrderEdit>();
  const setState = (editId: string, state: OrderEdit['state']) => {
    const edit = edits.get(editId);
    if (!edit) throw new Error(`Edit ${editId} was never proposed`);
    edits.set(editId, { ...edit, state });
  };
  for (const { type, data } of events) {
    if (type === 'OrderEditProposed') edits.set(data.editId, { ...data, state: 'proposed' });
    if (type === 'OrderEditApplied') setState(data.editId, 'applied');
    if (type === 'OrderEditDiscarded') setState(data.editId, 'discarded');
  }
  return [...edits.values()];
};
