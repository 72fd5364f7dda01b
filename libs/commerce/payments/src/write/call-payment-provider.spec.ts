import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ERASED, LOST, PersonalData, type NewEvent, type SealedEvent } from '#event-store';
import { order, OrderTokens, type OrderCommand, type Tender } from '#orders';
import { aLine, allocation, confirmed, details, placed } from '#orders/samples';
import { aCause, InMemoryEventStore, newEvents, plainPersonalData, runnerOn } from '#testing';
import { payment } from '../domain/payment.js';
import { InMemoryPaymentProvider } from '../provider/in-memory-payment-provider.js';
import { CallPaymentProvider, CallPaymentProviderHandler } from './call-payment-provider.js';

/** Opens every token as if this had become of its key. */
class Opened extends PersonalData {
  constructor(private readonly token: unknown) {
    super();
  }

  override seal(_stream: string, event: NewEvent) {
    return Promise.resolve(event);
  }

  override open<Event extends SealedEvent>(recorded: Event) {
    const { tenders = [], ...data } = recorded.event.data as { readonly tenders?: readonly object[] };
    const opened = { ...data, tenders: tenders.map((tender) => ({ ...tender, token: this.token })) };
    return Promise.resolve({ ...recorded, event: { ...recorded.event, data: opened } });
  }
}

const sealed = { k: 'k', v: 1, iv: 'iv', ct: 'ct', tag: 'tag' };
const tender = (tenderId: string, token: unknown) => ({ tenderId, kind: 'card', amount: 500, token });

let store: InMemoryEventStore;
let provider: InMemoryPaymentProvider;
beforeEach(() => {
  store = new InMemoryEventStore();
  provider = new InMemoryPaymentProvider(() => 'none');
});

const orderHas = (...tenders: object[]) => {
  const placement = { type: 'OrderPlaced', data: { lines: [], charges: [], tenders: [tenders[0]] } };
  const tendered = { type: 'OrderTendered', data: { tenders: tenders.slice(1) } };
  return store.append('order-o', -1, newEvents([placement, tendered], aCause()));
};

const authorize = async (personalData: PersonalData, tenderId: string, terms: object = {}) => {
  const deciders = runnerOn(store);
  const paymentId = `o.${tenderId}`;
  const data = { paymentId, orderId: 'o', kind: 'card', amount: 500, currency: 'EUR', ...terms } as const;
  await deciders.run(payment, paymentId, { type: 'RequestPayment', data }, aCause());
  const call = new CallPaymentProvider('ExecutePayment', { paymentId, operationId: 'authorize' }, aCause());
  const handler = new CallPaymentProviderHandler(deciders, provider, new OrderTokens(deciders, personalData));
  const { events } = await handler.execute(call);
  return events;
};

const tokens = () => provider.bank.journal.map(({ token }) => token);

describe('the provider gets the token', () => {
  it('of the tender, which only the order has, sealed', async () => {
    await orderHas(tender('card', sealed), tender('second', sealed));
    await authorize(new Opened('tok_first'), 'card');
    await authorize(new Opened('tok_second'), 'second');
    expect(tokens()).toEqual(['tok_first', 'tok_second']);
  });

  it('from the order in memory, if this process follows the log', async () => {
    const deciders = runnerOn(store);
    await orderHas(tender('card', sealed));
    for await (const recorded of store.read('order-o', 0)) deciders.observe(order, recorded);
    const read = jest.spyOn(store, 'read');
    expect(await new OrderTokens(deciders, new Opened('tok_visa')).ofTender('o', 'card')).toBe('tok_visa');
    expect(read).not.toHaveBeenCalled();
  });

  it('from the log, if this process has decided the tender itself', async () => {
    const deciders = runnerOn(store);
    const orderId = 'o';
    const history = [placed({ ...details(aLine('1')), payLater: true }), confirmed(allocation('r', { '1': 1 }))];
    await store.append('order-o', -1, newEvents(history));
    const tenders: readonly Tender[] = [{ tenderId: 'card', kind: 'card', amount: 500, token: 'tok_clear' }];
    const pay: OrderCommand = { type: 'PayOrder', data: { orderId, tenders } };
    const { eventIds } = await deciders.run(order, orderId, pay, aCause());
    const personalData = new Opened('tok_opened');
    const open = jest.spyOn(personalData, 'open');
    expect(await new OrderTokens(deciders, personalData).ofTender(orderId, 'card')).toBe('tok_opened');
    expect(open.mock.calls.map(([{ id }]) => id)).toEqual(eventIds);
  });

  it('never without a tender', async () => {
    await orderHas(tender('card', sealed));
    const unknown = new OrderTokens(runnerOn(store), new Opened('tok_visa')).ofTender('o', 'cash');
    await expect(unknown).rejects.toThrow('Order o has no tender cash');
  });

  it('that a payment of an earlier version has itself', async () => {
    await orderHas(tender('card', 'tok_order'));
    await authorize(plainPersonalData, 'card', { token: 'tok_payment' });
    expect(tokens()).toEqual(['tok_payment']);
  });

  it('for the authorization only', async () => {
    await orderHas(tender('card', 'tok_visa'));
    await authorize(plainPersonalData, 'card');
    const deciders = runnerOn(store);
    const capture = { paymentId: 'o.card', operationId: 'c', amount: 500 };
    await deciders.run(payment, 'o.card', { type: 'CapturePayment', data: capture }, aCause());
    const call = new CallPaymentProvider('ExecutePayment', capture, aCause());
    await new CallPaymentProviderHandler(deciders, provider, new OrderTokens(deciders, plainPersonalData)).execute(
      call,
    );
    expect(tokens()).toEqual(['tok_visa', undefined]);
  });
});

it('a payment is declined once the token is erased with its subject', async () => {
  await orderHas(tender('card', sealed));
  expect(await authorize(new Opened(ERASED), 'card')).toMatchObject([
    { type: 'PaymentFailed', data: { code: 'token-erased' } },
  ]);
  expect(tokens()).toEqual([]);
});

it('an authorization that the provider has made is recorded, although its token was erased before the answer', async () => {
  await orderHas(tender('card', sealed));
  provider = new InMemoryPaymentProvider((call) => (call === 'execute' ? 'cut' : 'none'));
  expect(await authorize(new Opened('tok_visa'), 'card')).toMatchObject([{ type: 'PaymentUnknown' }]);
  const deciders = runnerOn(store);
  const paymentId = 'o.card';
  const handler = new CallPaymentProviderHandler(deciders, provider, new OrderTokens(deciders, new Opened(ERASED)));
  const inquiry = { paymentId, operationId: 'authorize', attempt: 1 };
  const { events } = await handler.execute(new CallPaymentProvider('InquirePayment', inquiry, aCause()));
  expect(events).toMatchObject([{ type: 'PaymentAuthorized', data: { amount: 500 } }]);
});

it('a payment waits for a key that is lost and may be restored', async () => {
  await orderHas(tender('card', sealed));
  expect(await authorize(new Opened(LOST), 'card')).toMatchObject([{ type: 'PaymentUnknown' }]);
  expect(tokens()).toEqual([]);
});
