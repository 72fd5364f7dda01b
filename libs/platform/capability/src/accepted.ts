import { described, flag, integer, listOf, object, text, uuid } from '#schema';

/** What the API answers when a command was carried out. */
export const accepted = {
  commandId: uuid,
  stream: { ...text, example: 'stock-TSHIRT-RED-M~store-1' },
  revision: described(integer, 'Of the stream afterwards: also the ETag.'),
  'position?': described(integer, 'In the log: also Kontor-Position. Absent when there was nothing to do.'),
  events: listOf(object({ id: uuid, type: text })),
  repeated: described(flag, 'The command had been carried out before: this is what it led to then.'),
};
