import { type BatchCommand } from '#client';
import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type KontorClient, undefinedIfMissing } from '../client.js';
import { channelOf } from './invoices.js';
import { type Survey } from './survey.js';

/** Ids derive from the numbers in the file, so that repeating the import changes nothing. */
export const customerIdOf = (number: string) => uuidv5(KONTOR_NAMESPACE, `online-retail/customer/${number}`);

const LOOK_UPS_AT_ONCE = 20;

/** Id of the order or return of an invoice. */
export const documentIdOf = (invoice: string) => `or-${invoice}`;

type Customer = readonly [number: string, facts: NonNullable<ReturnType<Survey['customers']['get']>>];

/** The fields of `GET /v1/customers/{id}` that are read here. */
interface KnownCustomer {
  readonly attributes: { readonly country?: string; readonly asOf?: string };
  /** ISO 8601: business time. */
  readonly registeredAt: string;
}

/** Id of the command that registers the customer. */
export const registrationId = (number: string) => `online-retail/customer/${number}`;

/** Registers each customer with what its first row says. */
export function* registrationsOf(survey: Survey): Generator<BatchCommand, void> {
  for (const [number, { first }] of survey.customers) {
    const attributes = { source: 'online-retail', country: first.country };
    const data = { customerId: customerIdOf(number), attributes };
    const channel = channelOf(first.invoice, survey);
    yield { command: 'RegisterCustomer', id: registrationId(number), channel, occurredAt: first.at, data };
  }
}

/** Links the numbers of the file to the customers that are registered. */
export function* identitiesOf(survey: Survey): Generator<BatchCommand, void> {
  for (const [number, { first }] of survey.customers) {
    const data = { customerId: customerIdOf(number), identityType: 'online-retail', value: number, proof: 'verified' };
    const channel = channelOf(first.invoice, survey);
    yield { command: 'LinkIdentity', id: `${registrationId(number)}/identity`, channel, occurredAt: first.at, data };
  }
}

/**
 * Updates customers of whom the file says something later than what is known. They are sent before the trade: once the
 * last invoice of the file is recorded, nobody is looked up any more.
 * @param registered ids of the commands that have registered a customer just now
 */
export async function* updatesOf(
  survey: Survey,
  registered: ReadonlySet<string>,
  client: Pick<KontorClient, 'get'>,
): AsyncGenerator<BatchCommand, void> {
  const isNew = ([number]: Customer) => registered.has(registrationId(number));
  const customers = [...survey.customers];
  for (const customer of customers.filter(isNew)) if (isLater(customer)) yield updateOf(customer, survey);
  const others = customers.filter((customer) => !isNew(customer));
  if (others.length > 0 && !(await isImported(survey, client))) yield* updatesOfKnown(others, survey, client);
}

async function* updatesOfKnown(
  customers: readonly Customer[],
  survey: Survey,
  client: Pick<KontorClient, 'get'>,
): AsyncGenerator<BatchCommand, void> {
  for (let from = 0; from < customers.length; from += LOOK_UPS_AT_ONCE) {
    const some = customers.slice(from, from + LOOK_UPS_AT_ONCE);
    const known = await Promise.all(some.map(([number]) => knownCustomer(number, client)));
    for (const [index, customer] of some.entries())
      if (isLater(customer, known[index])) yield updateOf(customer, survey);
  }
}

const isLater = ([, { first, latest }]: Customer, known?: KnownCustomer): boolean => {
  const country = known ? known.attributes.country : first.country;
  const asOf = known ? (known.attributes.asOf ?? known.registeredAt) : first.at;
  return country !== latest.country && latest.at >= asOf;
};

const knownCustomer = (number: string, client: Pick<KontorClient, 'get'>) =>
  client.get<KnownCustomer>(`/v1/customers/${customerIdOf(number)}`).catch(undefinedIfMissing);

/** Whether the last order or return of the file is recorded. */
const isImported = async ({ invoices, waiting }: Survey, client: Pick<KontorClient, 'get'>): Promise<boolean> => {
  const last = [...invoices].findLast(
    ([number, { goods, charges }]) => !number.startsWith('A') && goods + charges > 0 && !waiting.has(number),
  );
  if (!last) return false;
  const [number] = last;
  const path = number.startsWith('C') ? '/v1/returns/' : '/v1/orders/';
  return (await client.get(`${path}${documentIdOf(number)}`).catch(undefinedIfMissing)) !== undefined;
};

const updateOf = ([number, { latest }]: Customer, survey: Survey): BatchCommand => {
  const { country, at: asOf, invoice } = latest;
  const data = { customerId: customerIdOf(number), attributes: { source: 'online-retail', country, asOf } };
  const id = `${registrationId(number)}/country/${invoice}`;
  return { command: 'UpdateCustomer', id, channel: channelOf(invoice, survey), occurredAt: asOf, data };
};
