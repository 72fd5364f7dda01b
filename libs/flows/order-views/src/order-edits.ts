import { type OrderEvent } from '#orders';
import { described, integer, listOf, object, oneOf, text, type ValueOf } from '#schema';
import { addedLineSchema } from './order-line-status.js';

export const orderEditSchema = object({
  editId: text,
  state: oneOf('proposed', 'applied', 'discarded'),
  add: listOf(addedLineSchema),
  remove: listOf(object({ lineId: text, quantity: integer })),
  totalBefore: integer,
  totalAfter: integer,
  difference: described(integer, 'totalAfter - totalBefore: to be paid if positive, to be refunded if negative'),
});

/** A proposed change of an order. Amounts, in minor units, are those of the time when it was proposed. */
export type OrderEdit = ValueOf<typeof orderEditSchema>;

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
