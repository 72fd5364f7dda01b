import { idOf } from '#event-store';
import { type FoldedProjection, readTable } from '#projections';
import { type CustomerEvent } from '../domain/customer.js';

/** A registered customer, without personal data: those are read from the stream, with the customer's key. */
export interface CustomerProfile {
  readonly customerId: string;
  /** The channel that registered the customer. */
  readonly channel: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  /** BCP 47. */
  readonly locale: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  /** `<type>~<hash>` of each linked identity. */
  readonly identities: readonly string[];
  /** Business time, ISO 8601 UTC. */
  readonly registeredAt: string;
}

const text = { type: 'text' } as const;
const maybe = { type: 'text', nullable: true } as const;

export const customerProfile: FoldedProjection<CustomerProfile, 'customerId', CustomerEvent> = {
  name: 'customer',
  version: 1,
  categories: ['customer'],
  table: readTable<CustomerProfile>('customer', {
    customerId: { type: 'text', primary: true },
    channel: text,
    country: maybe,
    locale: maybe,
    attributes: { type: 'jsonb' },
    identities: { type: 'text', array: true },
    registeredAt: { type: 'timestamptz' },
  }),
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
        return row && { ...row, ...given(data) };
      case 'IdentityLinked': {
        const identity = `${data.identityType}~${data.hash}`;
        return row && { ...row, identities: [...new Set([...row.identities, identity])] };
      }
    }
  },
};

const given = ({ country, locale, attributes }: Partial<CustomerProfileDetails>) => ({
  ...(country !== undefined && { country }),
  ...(locale !== undefined && { locale }),
  ...(attributes !== undefined && { attributes }),
});

type CustomerProfileDetails = Pick<
  Extract<CustomerEvent, { type: 'CustomerUpdated' }>['data'],
  'country' | 'locale' | 'attributes'
>;
