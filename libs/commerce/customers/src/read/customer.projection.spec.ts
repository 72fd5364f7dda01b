import { expect, it } from '@jest/globals';
import { type RecordedAs } from '#projections';
import { aRecorded } from '#testing';
import { type CustomerEvent } from '../domain/customer.js';
import { customerProfile, type CustomerProfile } from './customer.projection.js';

const profile = (...events: CustomerEvent[]) =>
  events.reduce<CustomerProfile | undefined>((row, event) => {
    const recorded = aRecorded('customer-c-1', event) as RecordedAs<CustomerEvent>;
    return customerProfile.project(row, recorded, { customerId: 'c-1' });
  }, undefined);

const registered: CustomerEvent = {
  type: 'CustomerRegistered',
  data: { contact: { name: 'Ada Lovelace', email: 'ada@example.org' }, country: 'GB', locale: 'en-GB' },
};
const linked = (digest: string, formerDigest?: string): CustomerEvent => ({
  type: 'IdentityLinked',
  data: { identityType: 'email', digest, proof: 'verified', ...(formerDigest !== undefined && { formerDigest }) },
});

it('has no personal data', () =>
  expect(profile(registered)).toEqual({
    customerId: 'c-1',
    channel: 'web',
    country: 'GB',
    locale: 'en-GB',
    attributes: {},
    identities: [],
    registeredAt: '2026-01-01T12:00:00.000Z',
  }));

it('replaces the given fields and keeps the others', () =>
  expect(profile(registered, { type: 'CustomerUpdated', data: { country: 'FR' } })).toMatchObject({
    country: 'FR',
    locale: 'en-GB',
  }));

it('has an identity once, however often it is linked', () =>
  expect(profile(registered, linked('x'), linked('x'), linked('y'))?.identities).toEqual(['email~x', 'email~y']));

it('has an identity once that was linked under another digest before', () =>
  expect(profile(registered, linked('old'), linked('y'), linked('x', 'old'))?.identities).toEqual([
    'email~y',
    'email~x',
  ]));
