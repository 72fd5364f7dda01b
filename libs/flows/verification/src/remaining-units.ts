import { type OrderEvent } from '#orders';
import { totalUnits } from './checker.js';

/** The change of an order's units that are neither with the buyer nor cancelled. OrderRejected, which ends them all, is left out. */
export const remainingUnitsChange = ({ type, data }: OrderEvent): number => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the other events leave the quantity alone
  switch (type) {
    case 'OrderPlaced':
      return totalUnits(data.lines);
    case 'OrderEditApplied':
      return totalUnits(data.add);
    case 'OrderLinesCancelled':
    case 'OrderLinesFulfilled':
      return -totalUnits(data.lines);
    default:
      return 0;
  }
};
