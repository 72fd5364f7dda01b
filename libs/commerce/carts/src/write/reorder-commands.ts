import { contractsFor, routeTo, type CommandContract, type Route, type Routes } from '#event-store';
import { ContactDto, Country, Currency, Id, Nested, NestedList, OneOf, Optional, Reference, Whole } from '#fields';
import { AddressDto, OrderLineDto } from '#orders';
import { reorderButton } from '../domain/reorder-button.js';
import { type ReorderCommand } from '../domain/reorder-messages.js';
import { PlaceOrderFromTemplate, type TemplateOrderCommand } from './place-order-from-template.js';

class ReorderButtonDto {
  /** The device's; whoever knows it and has a key of the channel may press it. */
  @Id() readonly buttonId!: string;
}

class PaymentDto {
  @OneOf(['card', 'wallet', 'bank-transfer']) readonly kind!: 'card' | 'wallet' | 'bank-transfer';
  /** The payment provider's. */
  @Reference('tok_7f3a') readonly token!: string;
}

class ConfigureReorderButtonDto extends ReorderButtonDto {
  @Id() readonly customerId!: string;
  @Currency() readonly currency!: string;
  @NestedList(() => OrderLineDto, 1, 100) readonly lines!: OrderLineDto[];
  @Optional() @Nested(() => ContactDto) readonly contact?: ContactDto;
  @Optional() @Nested(() => AddressDto) readonly shipTo?: AddressDto;
  @Optional() @Country() readonly country?: string;
  /** Pays the total of each order. */
  @Optional() @Nested(() => PaymentDto) readonly payment?: PaymentDto;
  /** A press so soon after one that ordered does nothing. */
  @Whole(0, 86_400, 60) readonly debounceSeconds: number = 60;
  /** Orders in a day (UTC); 0 turns the button off. */
  @Whole(0, 100, 3) readonly maxPerDay: number = 3;
}

class PressReorderButtonDto extends ReorderButtonDto {
  /** The device's own, the same when it sends a press again. */
  @Id() readonly pressId!: string;
}

const scope = 'orders:place';
const ofButton = contractsFor(reorderButton, 'buttonId');

export const reorderCommands: readonly CommandContract[] = [
  ofButton({
    name: 'ConfigureReorderButton',
    summary: 'Says what one press orders, for whom, and how often that may be.',
    dto: ConfigureReorderButtonDto,
    scope,
    subject: ({ customerId }) => customerId,
  }),
  ofButton({
    name: 'PressReorderButton',
    summary: 'Orders what the button is configured for: once for each press, however often it is sent.',
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
