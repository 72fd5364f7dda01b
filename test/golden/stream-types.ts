import { customer } from '#customers';
import { type EventDefinition } from '#kernel';
import { channel, location } from '#network';
import { ledgerEntry, order, recordedReturn } from '#orders';
import { stockItem } from '#stock';

/** Every kind of stream there is. */
const streamTypes = [stockItem, location, channel, order, recordedReturn, ledgerEntry, customer];

/** Event type → its definition. */
export const definitions: Readonly<Record<string, EventDefinition>> = Object.assign(
  {},
  ...streamTypes.map(({ events }) => events),
) as Record<string, EventDefinition>;
