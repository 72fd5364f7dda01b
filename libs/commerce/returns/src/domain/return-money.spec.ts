import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { type RmaCommand } from './return-messages.js';
import { goodsReturn } from './return.js';
import { approved, assessed, closed, inspected, refundAsked, refunded, requested } from './samples.js';

const given = specification(goodsReturn.decider);

const worth = (amount: number) => ({ type: 'AssessReturn', data: { returnId: 'b-1', worth: amount } }) as const;
const paid = (amount: number) => ({ type: 'RecordReturnRefund', data: { returnId: 'b-1', amount } }) as const;
const failure = { type: 'RecordReturnRefundFailure', data: { returnId: 'b-1', code: 'declined' } } as const;
const failed = { type: 'ReturnRefundFailed', data: { orderId: 'o-1', code: 'declined' } } as const;
const retry: RmaCommand = { type: 'RetryReturnRefund', data: { returnId: 'b-1' } };
const payOut: RmaCommand = { type: 'PayOutReturn', data: { returnId: 'b-1', locationId: 'leeds' } };
const exchange: RmaCommand = { type: 'ExchangeReturn', data: { returnId: 'b-1', newOrderId: 'o-2' } };

const creditAsked = (amount: number, n = 1) =>
  ({
    type: 'ReturnCreditRequested',
    data: {
      ...{ orderId: 'o-1', customerId: 'c-1', returnId: 'b-1', refundId: `return/b-1/${n}`, amount, currency: 'GBP' },
      giftCardId: '3f3646fc-6047-5d6c-8beb-e7a9b7e1d663',
    },
  }) as const;
const exchanged = {
  type: 'ReturnExchanged',
  data: { orderId: 'o-1', newOrderId: 'o-2', giftCardId: creditAsked(1).data.giftCardId },
} as const;

describe('the money of a return', () => {
  it('is asked for once the order has said what the goods are worth', () =>
    given(requested(), approved(), inspected(1)).when(worth(1000)).then(assessed(1000), refundAsked(1000)));

  it('is less the fees, as far as there is money to keep back', () => {
    const fees = [{ kind: 'restocking', amount: 700 }] as const;
    const more = [{ kind: 'return-shipping', amount: 500 }] as const;
    const history = [requested({ fees }), approved(), inspected(1, { fees: more })];
    given(...history)
      .when(worth(1000))
      .then(assessed(0, { worth: 1000, fees: 1000 }));
    given(...history, assessed(0, { worth: 1000, fees: 1000 }), inspected(1))
      .when(worth(900))
      .then(assessed(700, { worth: 900, fees: 200 }), refundAsked(700));
  });

  it('is only what was paid, and fees are kept back from that', () => {
    const worthUnpaid = { type: 'AssessReturn', data: { returnId: 'b-1', worth: 1000, unpaid: 600 } } as const;
    const fees = [{ kind: 'restocking', amount: 300 }] as const;
    given(requested({ fees }), approved(), inspected(1))
      .when(worthUnpaid)
      .then(assessed(100, { worth: 1000, unpaid: 600, fees: 300 }), refundAsked(100));
  });

  it('ends with the last unit and the last cent', () =>
    given(requested(), approved(), inspected(2), assessed(2000), refundAsked(2000))
      .when(paid(2000))
      .then(refunded(2000), closed));

  it('may come in parts', () => {
    given(requested(), approved(), inspected(2), assessed(2000), refundAsked(2000)).when(paid(500)).then(refunded(500));
    given(requested(), approved(), inspected(2), assessed(2000), refundAsked(2000), refunded(500))
      .when(failure)
      .then(failed);
  });

  it('of a second receipt waits for the answer to the first', () => {
    const history = [requested(), approved(), inspected(1), assessed(1000), refundAsked(1000), inspected(1)];
    given(...history)
      .when(worth(900))
      .then(assessed(900));
    given(...history, assessed(900))
      .when(paid(1000))
      .then(refunded(1000), refundAsked(900, 2));
  });

  it('of a refund that failed is tried again, only the rest, by a person or with the next receipt', () => {
    const history = [requested(), approved(), inspected(1), assessed(1000), refundAsked(1000), refunded(400), failed];
    given(...history)
      .when(retry)
      .then(refundAsked(600, 2));
    given(...history, inspected(1))
      .when(worth(900))
      .then(assessed(900), refundAsked(1500, 2));
    given(...history)
      .when(payOut)
      .then(refunded(600, { by: 'cash', locationId: 'leeds' }));
  });

  it('of a part that is told after the failure of the rest is not tried again by itself', () =>
    given(requested(), approved(), inspected(1), assessed(1000), refundAsked(1000), failed)
      .when(paid(400))
      .then(refunded(400)));

  it('is recorded although nothing was asked for: it is gone', () =>
    given(requested(), approved()).when(paid(5)).then(refunded(5)));

  it('of an order that was paid elsewhere is said to be given back there', () =>
    given(requested({ refundTo: 'elsewhere' }), approved(), inspected(2))
      .when(worth(2000))
      .then(assessed(2000, { way: 'elsewhere' }), refunded(2000, { by: 'elsewhere' }), closed));

  it('is none where it is settled otherwise', () =>
    given(requested({ refundTo: 'none' }), approved(), inspected(2))
      .when(worth(2000))
      .then(assessed(0, { worth: 2000, way: 'none' }), closed));

  it('is put on store credit', () => {
    given(requested({ refundTo: 'store-credit' }), approved(), inspected(2))
      .when(worth(2000))
      .then(assessed(2000, { way: 'store-credit' }), creditAsked(2000));
    given(requested({ refundTo: 'store-credit' }), approved(), inspected(2), assessed(2000), creditAsked(2000))
      .when(paid(2000))
      .then(refunded(2000, { by: 'store-credit' }), closed);
  });

  it.each([
    ['refund-under-way', retry, [refundAsked(1000)]],
    ['refund-under-way', payOut, [refundAsked(1000)]],
    ['refund-under-way', exchange, [refundAsked(1000)]],
    ['nothing-to-refund', retry, [refundAsked(1000), refunded(1000)]],
    ['nothing-to-refund', payOut, [refundAsked(1000), refunded(1000)]],
    ['return-refunded', exchange, [refundAsked(1000), refunded(1000)]],
  ] as const)('is not given twice: %s', (code, command, money) =>
    given(requested(), approved(), inspected(1), assessed(1000), ...money)
      .when(command)
      .thenFails(code),
  );

  it('has not failed when nothing was asked for', () => given(requested(), approved()).when(failure).thenNothing());
});

describe('an exchange', () => {
  it('names the store credit before there is money on it', () =>
    given(requested(), approved()).when(exchange).then(exchanged));
  it('puts what is due on it', () =>
    given(requested({ refundTo: 'cash' }), approved(), inspected(1), assessed(1000, { way: 'cash' }))
      .when(exchange)
      .then(exchanged, creditAsked(1000)));
  it('puts what becomes due on it', () =>
    given(requested(), approved(), exchanged, inspected(1))
      .when(worth(1000))
      .then(assessed(1000, { way: 'store-credit' }), creditAsked(1000)));
  it('of a return that has ended is refused', () =>
    given(requested(), approved(), closed).when(exchange).thenFails('return-ended'));
});
