import { type LineQuantity, type OrderEvent, type OrderLine } from '#orders';

/** A proposed change of an order, with what it came to when it was proposed, in minor units. */
export interface OrderEdit {
  readonly editId: string;
  readonly state: 'proposed' | 'applied' | 'discarded';
  readonly add: readonly OrderLine[];
  readonly remove: readonly LineQuantity[];
  readonly totalBefore: number;
  readonly totalAfter: number;
  /** To be paid more, or, below zero, given back. */
  readonly difference: number;
}

/** All edits of an order, the oldest first, from the events of its stream. */
export const editsOf = (events: readonly OrderEvent[]): OrderEdit[] => {
  const edits = new Map<string, OrderEdit>();
  const become = (editId: string, state: OrderEdit['state']) => {
    const edit = edits.get(editId);
    if (edit) edits.set(editId, { ...edit, state });
  };
  for (const { type, data } of events) {
    if (type === 'OrderEditProposed') edits.set(data.editId, { ...data, state: 'proposed' });
    if (type === 'OrderEditApplied') become(data.editId, 'applied');
    if (type === 'OrderEditDiscarded') become(data.editId, 'discarded');
  }
  return [...edits.values()];
};
