import { idOf } from '#event-store';
import { column, type FoldedProjection, nullable, primary, readTable, type RowOf } from '#projections';
import { texts } from '#schema';
import { formerIdentityKey, identityKey, type CustomerEvent } from '../domain/customer.js';

const customerColumns = {
  customerId: primary(column.text('Id of the customer')),
  channel: column.text('The channel that registered the customer'),
  country: nullable(column.text('ISO 3166-1 alpha-2')),
  locale: nullable(column.text('BCP 47')),
  attributes: column.json(texts, 'Facts of the customer, as the channel gave them'),
  identities: column.texts('`<type>~<digest>` of each linked identity'),
  registeredAt: column.instant('Business time of the registration'),
};

/** A registered customer, without the personal data, which is read from the stream with the customer's key. */
export type CustomerProfile = RowOf<typeof customerColumns>;

export const customerProfile: FoldedProjection<CustomerProfile, 'customerId', CustomerEvent> = {
  name: 'customer',
  version: 1,
  categories: ['customer'],
  table: readTable('customer', customerColumns),
  subjectColumn: 'customerId',
  keysOf: ({ stream }) => [{ customerId: idOf(stream) }],
  creates: ({ event }) => event.type === 'CustomerRegistered',
  project: (row, { event: { type, data }, envelope }, { customerId }) => {
    switch (type) {
      case 'CustomerRegistered':
        return {
          customerId,
          channel: envelope.channel,
          country: data.country ?? null,
          locale: data.locale ?? null,
          attributes: data.attributes ?? {},
          identities: [],
          registeredAt: envelope.occurredAt,
        };
      case 'CustomerUpdated':
        return row && { ...row, ...changedFields(data) };
      case 'IdentityLinked': {
        if (!row) return undefined;
        const others = row.identities.filter((one) => one !== formerIdentityKey(data));
        return { ...row, identities: [...new Set([...others, identityKey(data)])] };
      }
    }
  },
};

const changedFields = ({ country, locale, attributes }: Partial<CustomerProfileDetails>) => ({
  ...(country !== undefined && { country }),
  ...(locale !== undefined && { locale }),
  ...(attributes !== undefined && { attributes }),
});

type CustomerProfileDetails = Pick<
  Extract<CustomerEvent, { type: 'CustomerUpdated' }>['data'],
  'country' | 'locale' | 'attributes'
>;
