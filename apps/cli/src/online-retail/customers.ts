import { type BatchCommand } from '#client';
import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type KontorClient, undefinedIfMissing } from '../client.js';
import { channelOf } from './invoices.js';
import { type Survey } from './survey.js';

/** Ids derive from the numbers in the file, so that repeating the import changes nothing. */
export const customerIdOf = (number: string) => uuidv5(KONTOR_NAMESPACE, `online-retail/customer/${number}`);

type Customer = readonly [number: string, facts: NonNullable<ReturnType<Survey['customers']['get']>>];

/** The fields of `GET /v1/customers/{id}` that are read here. */
interface KnownCustomer {
  readonly attributes: { readonly country?: string; readonly asOf?: string };
  /** ISO 8601: business time. */
  readonly registeredAt: string;
}

const commandId = (number: string) => `online-retail/customer/${number}`;

/** Registers each customer with what its first row says. */
export function* registrationsOf(survey: Survey): Generator<BatchCommand, void> {
  for (const [number, { first }] of survey.customers) {
    const attributes = { source: 'online-retail', country: first.country };
    const data = { customerId: customerIdOf(number), attributes };
    const channel = channelOf(first.invoice, survey);
    yield { command: 'RegisterCustomer', id: commandId(number), channel, occurredAt: first.at, data };
  }
}

/** Links the numbers of the file to the customers that are registered. */
export function* identitiesOf(survey: Survey): Generator<BatchCommand, void> {
  for (const [number, { first }] of survey.customers) {
    const data = { customerId: customerIdOf(number), identityType: 'online-retail', value: number, proof: 'verified' };
    const channel = channelOf(first.invoice, survey);
    yield { command: 'LinkIdentity', id: `${commandId(number)}/identity`, channel, occurredAt: first.at, data };
  }
}

/**
 * Updates customers of whom the file says something later than what is known.
 * @param registered ids of the commands that have registered a customer just now
 */
export async function* updatesOf(
  survey: Survey,
  registered: ReadonlySet<string>,
  client: Pick<KontorClient, 'get'>,
): AsyncGenerator<BatchCommand, void> {
  for (const customer of survey.customers) {
    const [number, { first, latest }] = customer;
    const known = registered.has(commandId(number)) ? undefined : await knownCustomer(number, client);
    const country = known ? known.attributes.country : first.country;
    const asOf = known ? (known.attributes.asOf ?? known.registeredAt) : first.at;
    if (country !== latest.country && latest.at >= asOf) yield updateOf(customer, survey);
  }
}

const knownCustomer = (number: string, client: Pick<KontorClient, 'get'>) =>
  client.get<KnownCustomer>(`/v1/customers/${customerIdOf(number)}`).catch(undefinedIfMissing);

const updateOf = ([number, { latest }]: Customer, survey: Survey): BatchCommand => {
  const { country, at: asOf, invoice } = latest;
  const data = { customerId: customerIdOf(number), attributes: { source: 'online-retail', country, asOf } };
  const id = `${commandId(number)}/country/${invoice}`;
  return { command: 'UpdateCustomer', id, channel: channelOf(invoice, survey), occurredAt: asOf, data };
};
