import { type Message } from '#kernel';

/**
 * What a process hears when a command of its own was refused. It is not in the log: on a repeat the answer may differ,
 * so a process may only let it lead to what recorded events would have led to as well.
 */
export type CommandRefused = Message<
  'CommandRefused',
  {
    command: string;
    code: string;
    reservationId?: string;
    fulfillmentId?: string;
    paymentId?: string;
    operationId?: string;
  }
>;
