/** A press that counts becomes an order; what is refused is told to the button. */
import { type ReorderEvent } from '#carts';
import { type Process } from '#kernel';
import { type CommandRefused } from './command-refused.js';

interface Pressed {
  readonly orderId: string;
}

export const whenReorderButtonPressedThenPlaceOrder: Process<Pressed, ReorderEvent | CommandRefused> = {
  name: 'reorder',
  categories: ['reorderbutton'],
  instanceOf: ({ stream }) => (stream.startsWith('reorderbutton-') ? stream.slice('reorderbutton-'.length) : undefined),
  react: (state, { event, stream }) => {
    const buttonId = stream.slice('reorderbutton-'.length);
    if (event.type === 'ReorderButtonPressed') {
      const { orderId } = event.data;
      return { state: { orderId }, intents: [{ type: 'PlaceOrderFromTemplate', data: { buttonId, orderId } }] };
    }
    if (event.type !== 'CommandRefused' || !state) return { state, intents: [] };
    const { code } = event.data;
    return { state: undefined, intents: [{ type: 'RecordReorderFailure', data: { buttonId, ...state, code } }] };
  },
};
