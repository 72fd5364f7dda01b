import { Injectable } from '@nestjs/common';
import { EventStore, type KnownEvents, PersonalData, readStream } from '#event-store';
import { customer, type CustomerContact } from '../domain/customer.js';

/** Contact data of customers. It is personal, so only the log has it, sealed. */
@Injectable()
export class CustomerContacts {
  constructor(
    private readonly store: EventStore,
    private readonly personalData: PersonalData,
  ) {}

  /**
   * Fields read as `{ erased: true }` after the data of the customer was erased, and as `{ lost: true }` if its key is lost.
   *
   * @throws StreamNotReadable, OutcomeUnknown when the log does not answer
   */
  async contactOf(customerId: string): Promise<CustomerContact> {
    const events: KnownEvents = customer.events;
    let contact: CustomerContact = {};
    for await (const recorded of readStream(this.store, `${customer.category}-${customerId}`, events)) {
      const definition = events[recorded.event.type];
      if (!definition) continue;
      const { event } = await this.personalData.open(recorded, definition);
      contact = { ...contact, ...(event.data as { contact?: CustomerContact }).contact };
    }
    return contact;
  }
}
