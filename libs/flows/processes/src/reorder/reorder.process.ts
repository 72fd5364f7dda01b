/**
 * Turns a press of a reorder button into an order.
 *
 *   1. ReorderButtonPressed → PlaceOrderFromTemplate
 *   2. CommandRefused       → RecordReorderFailure, which the button shows
 *
 *   ReorderButtonPressed ──▶ [ordering] ──▶ refused
 */
import { reorderButton, type ReorderCommand, type TemplateOrderCommand } from '#carts';
import { idOf } from '#event-store';
import { type Named } from '#kernel';
import { eventsOf, remember, type CommandRefused, type InputOf, type Process, type Reaction } from '#process-manager';

/** The order of the last press. */
interface Ordering {
  readonly orderId: string;
}

const inputs = eventsOf([reorderButton]).only('ReorderButtonPressed');

type ButtonCommand = TemplateOrderCommand | Named<ReorderCommand, 'RecordReorderFailure'>;

export const whenReorderButtonPressedThenPlaceOrder: Process<Ordering, InputOf<typeof inputs>, ButtonCommand> = {
  name: 'reorder',
  inputs,
  instanceOf: ({ stream }) => idOf(stream),
  react: (state, { event }, buttonId) => {
    if (event.type === 'CommandRefused') return refused(buttonId, state, event.data);
    const { orderId } = event.data;
    return { state: { orderId }, commands: [{ type: 'PlaceOrderFromTemplate', data: { buttonId, orderId } }] };
  },
};

const refused = (
  buttonId: string,
  state: Ordering | undefined,
  { command, code }: CommandRefused<ButtonCommand>['data'],
): Reaction<Ordering, ButtonCommand> => {
  switch (command.type) {
    case 'PlaceOrderFromTemplate': {
      const { orderId } = command.data;
      return { state: undefined, commands: [{ type: 'RecordReorderFailure', data: { buttonId, orderId, code } }] };
    }
    case 'RecordReorderFailure':
      return remember(state);
  }
};
