/** A list that sets fewer SKUs of a location to 0 is always taken, however large their share. */
const MIN_EMPTIED = 10;
export const DEFAULT_HOLD_ABOVE_PERCENT = 20;

/**
 * Whether a list empties so many shelves of a location that a person must look at it first: lists that were cut off, or
 * whose columns are wrong, look like that.
 * @param stocked the number of SKUs that have stock at the location
 */
export const emptiesTooMuch = (emptied: number, stocked: number, abovePercent = DEFAULT_HOLD_ABOVE_PERCENT): boolean =>
  emptied >= MIN_EMPTIED && emptied * 100 > stocked * abovePercent;
