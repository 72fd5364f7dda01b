import { describe, expect, it } from '@jest/globals';
import { paymentId, request, capture, reported, done, declined, after, captured } from './payment.fixture.js';
import { type PaymentCommand } from './payment-messages.js';

const expired = reported('authorize', { outcome: 'declined', code: 'expired' });
const last = (...commands: PaymentCommand[]) => after(...commands).at(-1);

describe('a report of the provider', () => {
  it('that takes an authorization back says how much of it is missing, and why', () => {
    const authorizedNow = [request(), done('authorize', 100)];
    const dispute = { operation: 'authorize', expected: 100, reported: 0, code: 'expired' };
    expect(last(...authorizedNow, expired)).toMatchObject({ data: { ...dispute, missing: 100 } });
    expect(last(...authorizedNow, capture('c', 40), done('c', 40), expired)).toMatchObject({ data: { missing: 60 } });
    expect(last(...captured, expired)?.data).not.toHaveProperty('missing');
    expect(last(...captured, declined('c'))).toMatchObject({ data: { operation: 'capture', missing: 100 } });
  });

  it('that agrees with the record again, or captures, ends the dispute', () => {
    const authorized = (reference: string) => reported('authorize', { outcome: 'done', amount: 100, reference });
    const disputed = [request(), authorized('ref-1'), expired];
    const resolved = { type: 'PaymentDisputeResolved', data: { operationId: 'authorize', amount: 100 } };
    expect(last(...disputed, authorized('ref-2'))).toMatchObject(resolved);
    expect(last(...disputed, capture('c', 100), done('c', 100))).toMatchObject(resolved);
    const again = [...disputed, authorized('ref-2'), authorized('ref-2')];
    expect(after(...again)).toEqual(after(...again.slice(0, -1)));
    expect(last(...disputed, authorized('ref-2'), expired)).toMatchObject({ type: 'PaymentDisputed' });
    for (const late of [authorized('ref-1'), done('authorize', 100)])
      expect(after(...disputed, late)).toEqual(after(...disputed));
  });

  it('that ended a dispute does not end the next one when it comes again', () => {
    const authorized = (reference: string) => reported('authorize', { outcome: 'done', amount: 100, reference });
    const disputedAgain = [request(), authorized('ref-1'), expired, authorized('ref-2'), expired];
    expect(after(...disputedAgain, authorized('ref-2'))).toEqual(after(...disputedAgain));
    expect(after(...disputedAgain, authorized('ref-1'))).toEqual(after(...disputedAgain));
    expect(last(...disputedAgain, authorized('ref-3'))).toMatchObject({ type: 'PaymentDisputeResolved' });
  });

  it('that voids an authorization in dispute says nothing about what was authorized', () => {
    const disputed = [request(), done('authorize', 100), expired];
    const voided: PaymentCommand = { type: 'VoidPayment', data: { paymentId, operationId: 'v' } };
    expect(last(...disputed, voided, done('v', 100))).toMatchObject({ type: 'PaymentVoided' });
  });

  it('that captures a part says nothing about the rest of an authorization in dispute', () => {
    const disputed = [request(), done('authorize', 100), expired, capture('c', 40)];
    expect(last(...disputed, done('c', 40))).toMatchObject({ type: 'PaymentCaptured' });
    const all = [...disputed, done('c', 40), capture('d', 60), done('d', 60)];
    expect(last(...all)).toMatchObject({ type: 'PaymentDisputeResolved', data: { operationId: 'authorize' } });
  });

  it('that ends one of two disputes marks the other as still open', () => {
    const authorization = [
      request(),
      done('authorize', 100),
      expired,
      capture('c', 100),
      done('c', 90),
      capture('d', 10),
    ];
    expect(last(...authorization, done('d', 10))).toMatchObject({
      ...{ type: 'PaymentDisputeResolved', data: { operationId: 'authorize', othersDisputed: true } },
    });
    const atOnce = [request(), done('authorize', 100), expired, capture('c', 100), done('c', 110)];
    expect(last(...atOnce)).toMatchObject({ data: { operationId: 'authorize', othersDisputed: true } });
    const one = [...atOnce, reported('c', { outcome: 'done', amount: 110, reference: 'new' })];
    expect(last(...one)).toMatchObject({ data: { operationId: 'c', reference: 'new' } });
    expect(last(...one)?.data).not.toHaveProperty('othersDisputed');
  });

  it('that repeats a capture of less than was requested does not end the dispute', () => {
    const disputed = [request(), done('authorize', 100), capture('c', 100), done('c', 40)];
    expect(last(...disputed)).toMatchObject({ type: 'PaymentDisputed', data: { expected: 100, reported: 40 } });
    expect(after(...disputed, done('c', 40))).toEqual(after(...disputed));
  });
});
