import { type Intent } from '#kernel';
import { type Allocation } from '#orders';

export const reserve = (orderId: string, allocation: Allocation): Intent => {
  const { reservationId, sku, locationId, quantity, keep = 0, replaces } = allocation;
  const owner = { type: 'order', id: orderId };
  return {
    type: 'ReserveStock',
    data: { sku, locationId, reservationId, quantity, keep, kind: 'hard', owner, ...(replaces && { replaces }) },
  };
};

export const release = ({ reservationId, sku, locationId }: Allocation, reason: string): Intent => ({
  type: 'ReleaseReservation',
  data: { sku, locationId, reservationId, reason },
});

const streamOf = ({ sku, locationId }: Allocation) => `${sku}~${locationId}`;

/** In the order of their streams, so that two orders for the same goods meet in the same order everywhere. */
export const inOrderOfStreams = (allocations: readonly Allocation[]) =>
  allocations.toSorted((a, b) => (streamOf(a) < streamOf(b) ? -1 : 1));
