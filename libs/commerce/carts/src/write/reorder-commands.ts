import { contractsFor, routeTo, type CommandContract, type Route, type Routes } from '#event-store';
import {
  ContactDto,
  Country,
  Currency,
  Id,
  Nested,
  NestedList,
  OneOf,
  Optional,
  Reference,
  sealed,
  Whole,
} from '#fields';
import { AddressDto, OrderLineDto } from '#orders';
import { reorderButton } from '../domain/reorder-button.js';
import { type ReorderCommand } from '../domain/reorder-button.js';
import { PlaceOrderFromTemplate, type TemplateOrderCommand } from './place-order-from-template.js';

class ReorderButtonDto {
  /** The id of the device: every key of the channel may press it. */
  @Id() readonly buttonId!: string;
}

class PaymentDto {
  @OneOf(['card', 'wallet', 'bank-transfer']) readonly kind!: 'card' | 'wallet' | 'bank-transfer';
  /** The token of the payment provider. */
  @Reference('tok_7f3a', sealed('Anyone who has the token can charge the card.')) readonly token!: string;
}

class ConfigureReorderButtonDto extends ReorderButtonDto {
  @Id() readonly customerId!: string;
  @Currency() readonly currency!: string;
  @NestedList(() => OrderLineDto, 1, 100) readonly lines!: OrderLineDto[];
  @Optional() @Nested(() => ContactDto) readonly contact?: ContactDto;
  @Optional() @Nested(() => AddressDto) readonly shipTo?: AddressDto;
  @Optional() @Country() readonly country?: string;
  /** The means of payment for the total of each order. */
  @Optional() @Nested(() => PaymentDto) readonly payment?: PaymentDto;
  /** A press that follows an order within so many seconds is ignored. */
  @Whole(0, 86_400, 60) readonly debounceSeconds: number = 60;
  /** Orders per day (UTC); 0 disables the button. */
  @Whole(0, 100, 3) readonly maxPerDay: number = 3;
}

class PressReorderButtonDto extends ReorderButtonDto {
  /** Made by the device: the same when it sends the press again. */
  @Id() readonly pressId!: string;
}

const scope = 'orders:place';
const ofButton = contractsFor(reorderButton, 'buttonId');

export const reorderCommands: readonly CommandContract[] = [
  ofButton({
    name: 'ConfigureReorderButton',
    summary: 'Configures the order that one press places, its customer, and how often it may be pressed.',
    dto: ConfigureReorderButtonDto,
    scope,
    subject: ({ customerId }) => customerId,
  }),
  ofButton({
    name: 'PressReorderButton',
    summary:
      'Places the order that the button is configured for, once for each press, even if the press is sent again.',
    dto: PressReorderButtonDto,
    scope,
  }),
];

const toOrder: Route<TemplateOrderCommand> = {
  stream: ({ data }) => `order-${data.orderId}`,
  message: ({ data }, cause) => new PlaceOrderFromTemplate(data.buttonId, data.orderId, cause),
};

/** What processes may send. */
export const reorderRoutes = {
  RecordReorderFailure: routeTo(reorderButton, ({ buttonId }) => buttonId),
  PlaceOrderFromTemplate: toOrder,
} satisfies Partial<Routes<ReorderCommand | TemplateOrderCommand>>;
