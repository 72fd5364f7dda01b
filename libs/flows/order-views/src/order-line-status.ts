import { type LineQuantity, METHODS, type OrderLine } from '#orders';
import { described, integer, object, oneOf, text, texts, unitPrice, type ValueOf } from '#schema';

const soldLine = {
  lineId: described(text, 'Id of the line, unique in the order'),
  sku: described(text, 'The SKU'),
  'title?': described(text, 'The title as sold'),
  method: described(oneOf(...METHODS), 'How the goods reach the buyer: ship, pickup or carry-out'),
  'locationId?': described(text, 'Of a pickup, of goods that were carried out, and in recorded orders: the location'),
  unitPrice,
  'attributes?': described(texts, 'Facts of the line, as the channel gave them'),
  'kit?': described(
    object({ sku: text, lineId: text, quantity: integer }),
    'The line of a kit that it is a component of',
  ),
};

export const orderLine = {
  ...soldLine,
  ordered: described(integer, 'open + allocated + fulfilled + cancelled'),
  open: described(integer, 'Units without a reservation'),
  allocated: described(integer, 'Units with a reservation'),
  fulfilled: described(integer, 'Units that left for the buyer'),
  cancelled: described(integer, 'Units that were cancelled'),
  returned: described(integer, 'Units that were returned after fulfillment'),
};
export const orderLineSchema = object(orderLine);
export const addedLineSchema = object({ ...soldLine, quantity: integer });

/** An order line with its units: ordered = open + allocated + fulfilled + cancelled; returned ≤ fulfilled. */
export type OrderLineStatus = ValueOf<typeof orderLineSchema>;

export type LineQuantityName = 'ordered' | 'open' | 'allocated' | 'fulfilled' | 'cancelled' | 'returned';

export const newLineStatus = ({ quantity, ...line }: OrderLine, fulfilled: boolean): OrderLineStatus => ({
  ...line,
  ordered: quantity,
  open: fulfilled ? 0 : quantity,
  allocated: 0,
  fulfilled: fulfilled ? quantity : 0,
  cancelled: 0,
  returned: 0,
});

export const sumOfLines = (lines: readonly OrderLineStatus[], quantity: LineQuantityName) =>
  lines.reduce((sum, line) => sum + line[quantity], 0);

/**
 * Moves units of each named line from one quantity to another; without `from`, adds them.
 *
 * @throws Error for a line that is not among `lines`
 */
export const moveUnits = (
  lines: readonly OrderLineStatus[],
  moves: readonly LineQuantity[],
  to: LineQuantityName,
  from?: LineQuantityName,
): OrderLineStatus[] => {
  const units = new Map<string, number>();
  for (const { lineId, quantity } of moves) units.set(lineId, (units.get(lineId) ?? 0) + quantity);
  const known = new Set(lines.map(({ lineId }) => lineId));
  for (const lineId of units.keys()) if (!known.has(lineId)) throw new Error(`The order has no line ${lineId}`);
  return lines.map((line) => {
    const quantity = units.get(line.lineId);
    if (quantity === undefined) return line;
    return { ...line, [to]: line[to] + quantity, ...(from && { [from]: line[from] - quantity }) };
  });
};
