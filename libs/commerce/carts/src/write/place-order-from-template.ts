import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, PersonalData, readStream, type Outcome, type Recorded } from '#event-store';
import { DomainError, totalOf, type Cause, type Message } from '#kernel';
import { PlaceOrder } from '#orders';
import { reorderButton, type ReorderTemplate } from '../domain/reorder-button.js';

/** Sent by the process after a press of the button. */
export type TemplateOrderCommand = Message<
  'PlaceOrderFromTemplate',
  { readonly buttonId: string; readonly orderId: string }
>;

/** Places the order that a button is configured for, on the channel that configured it. */
export class PlaceOrderFromTemplate extends Command<Outcome> {
  constructor(
    readonly buttonId: string,
    readonly orderId: string,
    readonly cause: Cause,
  ) {
    super();
  }
}

/** The personal fields of the template are opened here only, and sealed again in the order under the same subject. */
@CommandHandler(PlaceOrderFromTemplate)
export class PlaceOrderFromTemplateHandler implements ICommandHandler<PlaceOrderFromTemplate> {
  constructor(
    private readonly bus: CommandBus,
    private readonly store: EventStore,
    private readonly personalData: PersonalData,
  ) {}

  /**
   * @throws DomainError `reorder-button-not-found`, `reorder-data-erased`, `reorder-data-lost`, and those of PlaceOrder
   * @throws StreamNotReadable, OutcomeUnknown
   */
  async execute({ buttonId, orderId, cause }: PlaceOrderFromTemplate): Promise<Outcome> {
    const configured = await this.lastConfiguration(buttonId);
    const definition = reorderButton.events.ReorderButtonConfigured;
    const opened = await this.personalData.open(configured, definition);
    const template = opened.event.data as ReorderTemplate;
    assertReadable(template);
    const { channel } = configured.envelope;
    const causeOfOrder = { ...cause, channel, subject: template.customerId };
    return this.bus.execute(new PlaceOrder(orderFrom(template, orderId, buttonId), causeOfOrder));
  }

  private async lastConfiguration(buttonId: string): Promise<Recorded> {
    let last: Recorded | undefined;
    const stream = `${reorderButton.category}-${buttonId}`;
    for await (const recorded of readStream(this.store, stream, reorderButton.events)) {
      if (recorded.event.type === 'ReorderButtonConfigured') last = recorded;
    }
    if (last) return last;
    throw new DomainError('reorder-button-not-found', `There is no button ${buttonId}`);
  }
}

/** @throws DomainError */
const assertReadable = ({ contact, shipTo, payment }: ReorderTemplate) => {
  const fields = [shipTo, payment?.token, ...Object.values(contact ?? {})] as unknown[];
  const some = (mark: string) => fields.some((field) => typeof field === 'object' && field !== null && mark in field);
  if (some('erased'))
    throw new DomainError(
      'reorder-data-erased',
      'The personal data of the customer was erased: configure the button again',
    );
  if (some('lost'))
    throw new DomainError(
      'reorder-data-lost',
      'The key to the personal data of the customer is lost: configure the button again, or restore the key',
    );
};

const orderFrom = (template: ReorderTemplate, orderId: string, buttonId: string): PlaceOrder['details'] => {
  const { customerId, currency, lines, contact, shipTo, country, payment } = template;
  return {
    orderId,
    customerId,
    currency,
    lines,
    charges: [],
    attributes: { reorderButton: buttonId },
    ...(contact && { contact }),
    ...(shipTo && { shipTo }),
    ...(country !== undefined && { country }),
    ...(payment && { tenders: [{ tenderId: 'button', ...payment, amount: totalOf(lines, currency) }] }),
  };
};
