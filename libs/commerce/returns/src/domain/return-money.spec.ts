import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { type RmaCommand } from './return-messages.js';
import { goodsReturn } from './return.js';
import { approved, assessed, closed, inspected, refundRequested, refunded, requested } from './samples.js';

const given = specification(goodsReturn.decider);

const worth = (amount: number) => ({ type: 'AssessReturn', data: { returnId: 'b-1', worth: amount } }) as const;
const paid = (amount: number) => ({ type: 'RecordReturnRefund', data: { returnId: 'b-1', amount } }) as const;
const failure = { type: 'RecordReturnRefundFailure', data: { returnId: 'b-1', code: 'declined' } } as const;
const failed = { type: 'ReturnRefundFailed', data: { orderId: 'o-1', code: 'declined' } } as const;
const retry: RmaCommand = { type: 'RetryReturnRefund', data: { returnId: 'b-1' } };
const payOut: RmaCommand = { type: 'PayOutReturn', data: { returnId: 'b-1', locationId: 'leeds' } };
const exchange: RmaCommand = { type: 'ExchangeReturn', data: { returnId: 'b-1', newOrderId: 'o-2' } };

const creditRequested = (amount: number, n = 1) =>
  ({
    type: 'ReturnCreditRequested',
    data: {
      ...{ orderId: 'o-1', customerId: 'c-1', returnId: 'b-1', refundId: `return/b-1/${n}`, amount, currency: 'GBP' },
      giftCardId: '3f3646fc-6047-5d6c-8beb-e7a9b7e1d663',
    },
  }) as const;
const exchanged = {
  type: 'ReturnExchanged',
  data: { orderId: 'o-1', newOrderId: 'o-2', giftCardId: creditRequested(1).data.giftCardId },
} as const;

describe('the refund of a return', () => {
  it('is requested once the order has assessed the goods', () =>
    given(requested(), approved(), inspected(1)).when(worth(1000)).then(assessed(1000), refundRequested(1000)));

  it('is reduced by the fees, at most to 0', () => {
    const fees = [{ kind: 'restocking', amount: 700 }] as const;
    const more = [{ kind: 'return-shipping', amount: 500 }] as const;
    const history = [requested({ fees }), approved(), inspected(1, { fees: more })];
    given(...history)
      .when(worth(1000))
      .then(assessed(0, { worth: 1000, fees: 1000 }));
    given(...history, assessed(0, { worth: 1000, fees: 1000 }), inspected(1))
      .when(worth(900))
      .then(assessed(700, { worth: 900, fees: 200 }), refundRequested(700));
  });

  it('is only what was paid, less the fees', () => {
    const worthUnpaid = { type: 'AssessReturn', data: { returnId: 'b-1', worth: 1000, unpaid: 600 } } as const;
    const fees = [{ kind: 'restocking', amount: 300 }] as const;
    given(requested({ fees }), approved(), inspected(1))
      .when(worthUnpaid)
      .then(assessed(100, { worth: 1000, unpaid: 600, fees: 300 }), refundRequested(100));
  });

  it('closes the return with the last unit and the last cent', () =>
    given(requested(), approved(), inspected(2), assessed(2000), refundRequested(2000))
      .when(paid(2000))
      .then(refunded(2000), closed));

  it('may be carried out in parts', () => {
    given(requested(), approved(), inspected(2), assessed(2000), refundRequested(2000))
      .when(paid(500))
      .then(refunded(500));
    given(requested(), approved(), inspected(2), assessed(2000), refundRequested(2000), refunded(500))
      .when(failure)
      .then(failed);
  });

  it('of a second receipt waits for the outcome of the first', () => {
    const history = [requested(), approved(), inspected(1), assessed(1000), refundRequested(1000), inspected(1)];
    given(...history)
      .when(worth(900))
      .then(assessed(900));
    given(...history, assessed(900))
      .when(paid(1000))
      .then(refunded(1000), refundRequested(900, 2));
  });

  it('is requested again after a failure, only the rest, by an operator or with the next receipt', () => {
    const history = [
      requested(),
      approved(),
      inspected(1),
      assessed(1000),
      refundRequested(1000),
      refunded(400),
      failed,
    ];
    given(...history)
      .when(retry)
      .then(refundRequested(600, 2));
    given(...history, inspected(1))
      .when(worth(900))
      .then(assessed(900), refundRequested(1500, 2));
    given(...history)
      .when(payOut)
      .then(refunded(600, { by: 'cash', locationId: 'leeds' }));
  });

  it('of a part that is reported after the failure of the rest requests nothing more', () =>
    given(requested(), approved(), inspected(1), assessed(1000), refundRequested(1000), failed)
      .when(paid(400))
      .then(refunded(400)));

  it('is recorded although it was not requested', () => given(requested(), approved()).when(paid(5)).then(refunded(5)));

  it('of an order that was paid elsewhere is recorded as refunded elsewhere', () =>
    given(requested({ refundTo: 'elsewhere' }), approved(), inspected(2))
      .when(worth(2000))
      .then(assessed(2000, { way: 'elsewhere' }), refunded(2000, { by: 'elsewhere' }), closed));

  it('is 0 if it is settled outside of Kontor', () =>
    given(requested({ refundTo: 'none' }), approved(), inspected(2))
      .when(worth(2000))
      .then(assessed(0, { worth: 2000, way: 'none' }), closed));

  it('is issued as store credit', () => {
    given(requested({ refundTo: 'store-credit' }), approved(), inspected(2))
      .when(worth(2000))
      .then(assessed(2000, { way: 'store-credit' }), creditRequested(2000));
    given(requested({ refundTo: 'store-credit' }), approved(), inspected(2), assessed(2000), creditRequested(2000))
      .when(paid(2000))
      .then(refunded(2000, { by: 'store-credit' }), closed);
  });

  it.each([
    ['refund-under-way', retry, [refundRequested(1000)]],
    ['refund-under-way', payOut, [refundRequested(1000)]],
    ['refund-under-way', exchange, [refundRequested(1000)]],
    ['nothing-to-refund', retry, [refundRequested(1000), refunded(1000)]],
    ['nothing-to-refund', payOut, [refundRequested(1000), refunded(1000)]],
    ['return-refunded', exchange, [refundRequested(1000), refunded(1000)]],
  ] as const)('is not made twice: %s', (code, command, money) =>
    given(requested(), approved(), inspected(1), assessed(1000), ...money)
      .when(command)
      .thenFails(code),
  );

  it('cannot fail if it was not requested', () => given(requested(), approved()).when(failure).thenNothing());
});

describe('an exchange', () => {
  it('names the store credit before it is issued', () => given(requested(), approved()).when(exchange).then(exchanged));
  it('requests store credit for what is due', () =>
    given(requested({ refundTo: 'cash' }), approved(), inspected(1), assessed(1000, { way: 'cash' }))
      .when(exchange)
      .then(exchanged, creditRequested(1000)));
  it('requests store credit for what becomes due', () =>
    given(requested(), approved(), exchanged, inspected(1))
      .when(worth(1000))
      .then(assessed(1000, { way: 'store-credit' }), creditRequested(1000)));
  it('of a closed return is refused', () =>
    given(requested(), approved(), closed).when(exchange).thenFails('return-ended'));
});
