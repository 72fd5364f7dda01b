import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

import { aCause, InMemoryEventStore, runnerOn } from '#testing';
import { ChangeCustomerHandler, type ChangeCustomer } from './change-customer.js';
import { customerCommands } from './customer-commands.js';
import { CustomerDigest, IdentityHash } from './identity-hash.js';

class Reversed extends IdentityHash {
  override hash(identityType: string, value: string) {
    return `${identityType}:${Array.from(value).reverse().join('')}`;
  }
}

class OwnDigest extends CustomerDigest {
  readonly customers: string[] = [];

  override digest(customerId: string, identityType: string, value: string) {
    this.customers.push(customerId);
    return Promise.resolve(`${customerId}/${identityType}/${value.length}`);
  }
}

const digests = new OwnDigest();
const handler = new ChangeCustomerHandler(runnerOn(new InMemoryEventStore()), new Reversed(), digests);

const find = (name: string) => customerCommands.find((one) => one.name === name) ?? raise(name);
const raise = (name: string): never => {
  throw new Error(`No command ${name}`);
};
const send = (name: string, body: object) => handler.execute(find(name).message(body, aCause()) as ChangeCustomer);

const ada = { customerId: 'c-1', contact: { name: 'Ada', email: 'ada@example.com' }, country: 'GB' };
const identity = { customerId: 'c-1', identityType: 'email', value: 'ada@example.com', proof: 'verified' };

describe('a command to a customer', () => {
  it('records an identity with a digest under the key of the customer', async () => {
    await send('RegisterCustomer', ada);
    const { events } = await send('LinkIdentity', identity);
    const { identityType, value, proof } = identity;
    expect(events).toEqual([{ type: 'IdentityLinked', data: { identityType, value, proof, digest: 'c-1/email/15' } }]);
  });

  it('makes no key for a customer who does not exist', async () => {
    await expect(send('LinkIdentity', { ...identity, customerId: 'nobody' })).rejects.toMatchObject({
      code: 'customer-not-found',
    });
    expect(digests.customers).not.toContain('nobody');
  });

  it('records no identity without its digest, also where the customer is registered meanwhile', async () => {
    const [late, other] = [
      { ...ada, customerId: 'c-2' },
      { ...identity, customerId: 'c-2' },
    ];
    const [linked, registered] = await Promise.allSettled([
      send('LinkIdentity', other),
      send('RegisterCustomer', late),
    ]);
    expect(registered.status).toBe('fulfilled');
    expect(linked.status).toBe('rejected');
    await expect(send('LinkIdentity', other)).resolves.toMatchObject({
      events: [{ data: { digest: 'c-2/email/15' } }],
    });
  });

  it.each([
    ['RegisterCustomer', ada, []],
    ['RegisterCustomer', { ...ada, contact: { email: 'ada' } }, ['contact']],
    ['UpdateCustomer', { customerId: 'c-1', attributes: { note: '4111111111111111' } }, ['attributes']],
    ['LinkIdentity', identity, []],
    ['LinkIdentity', { ...identity, proof: 'rumoured' }, ['proof']],
  ])('%s with the body %j has these invalid fields: %j', (name, body, fields) =>
    expect(validateSync(plainToInstance(find(name).dto, body)).map(({ property }) => property)).toEqual(fields),
  );

  it('names the customer as the subject', () =>
    expect(customerCommands.map(({ subject }) => subject?.(ada, aCause()))).toEqual(['c-1', 'c-1', 'c-1']));
});
