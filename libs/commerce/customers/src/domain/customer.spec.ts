import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { customer, type CustomerCommand, type CustomerDetails, type CustomerEvent, type Proof } from './customer.js';

const given = specification(customer.decider);
const customerId = 'c-1';
const ada: CustomerDetails = { contact: { name: 'Ada', email: 'ada@example.com' }, country: 'GB' };

const register = { type: 'RegisterCustomer', data: { customerId, ...ada } } satisfies CustomerCommand;
const update = (details: CustomerDetails) =>
  ({ type: 'UpdateCustomer', data: { customerId, ...details } }) satisfies CustomerCommand;
const identity = { identityType: 'email', value: 'ada@example.com' };
const link = (proof: Proof, digest = 'd1') =>
  ({
    type: 'LinkIdentity',
    data: { customerId, ...identity, digest, formerDigest: `former-${digest}`, proof },
  }) satisfies CustomerCommand;

const registered: CustomerEvent = { type: 'CustomerRegistered', data: ada };
const updated = (details: CustomerDetails): CustomerEvent => ({ type: 'CustomerUpdated', data: details });
const linked = (proof: Proof, digest = 'd1'): CustomerEvent => ({
  type: 'IdentityLinked',
  data: { ...identity, digest, proof },
});
/** As version 1 had it. */
const formerlyLinked = (proof: Proof): CustomerEvent => ({
  type: 'IdentityLinked',
  data: { identityType: 'email', digest: 'former-d1', proof },
});

const verifiedInstead: CustomerEvent = {
  type: 'IdentityLinked',
  data: { ...identity, digest: 'd1', formerDigest: 'former-d1', proof: 'verified' },
};

describe('a customer', () => {
  it('is registered', () => given().when(register).then(registered));
  it('is registered once', () => given(registered).when(register).thenFails('customer-exists'));

  it('is updated', () =>
    given(registered)
      .when(update({ locale: 'en-GB' }))
      .then(updated({ locale: 'en-GB' })));
  it('is not updated without fields', () => given(registered).when(update({})).thenNothing());
  it('must be registered to be updated', () => given().when(update(ada)).thenFails('customer-not-found'));

  it('is linked to another identity', () => given(registered).when(link('asserted')).then(linked('asserted')));
  it('is linked to several identities', () =>
    given(registered, linked('asserted')).when(link('asserted', 'd2')).then(linked('asserted', 'd2')));
  it('is linked to an identity once', () => given(registered, linked('asserted')).when(link('asserted')).thenNothing());
  it('can verify an asserted identity', () =>
    given(registered, linked('asserted')).when(link('verified')).then(linked('verified')));
  it('keeps the stronger proof', () => given(registered, linked('verified')).when(link('asserted')).thenNothing());
  it('is not linked again to an identity that it has from version 1', () =>
    given(registered, formerlyLinked('asserted')).when(link('asserted')).thenNothing());
  it('verifies an identity that was linked in version 1, and replaces its digest', () =>
    given(registered, formerlyLinked('asserted')).when(link('verified')).then(verifiedInstead));
  it('is not linked again once it was verified so', () =>
    given(registered, formerlyLinked('asserted'), verifiedInstead).when(link('verified')).thenNothing());
  it('must be registered to be linked', () => given().when(link('asserted')).thenFails('customer-not-found'));
});
