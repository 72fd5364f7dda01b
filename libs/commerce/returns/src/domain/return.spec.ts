import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { type Disposition, type RmaCommand } from './return-messages.js';
import { goodsReturn } from './return.js';
import {
  approved,
  ask,
  assessed,
  blindly,
  closed,
  cup,
  type Data,
  inspected,
  received,
  refundAsked,
  refunded,
  requested,
  sold,
  tea,
  unitsOf,
} from './samples.js';

const given = specification(goodsReturn.decider);

type Body<Type extends RmaCommand['type']> = Omit<Extract<RmaCommand, { type: Type }>['data'], 'returnId'>;

const does = <Type extends RmaCommand['type']>(type: Type, body: Body<Type>) =>
  ({ type, data: { returnId: 'b-1', ...body } }) as unknown as RmaCommand;

const look = (quantity: number, disposition: Disposition = 'restock', locationId = 'leeds') =>
  does('InspectReturn', { locationId, items: [{ lineId: '1', quantity, disposition }] });

describe('a return that is asked for', () => {
  it('says what was sold, to whom, and where the money goes', () => given().when(ask()).then(requested()));

  it.each([
    ['till', 'cash'],
    ['elsewhere', 'elsewhere'],
  ] as const)('of an order that was paid %s is refunded: %s', (paid, refundTo) =>
    given()
      .when(ask({ order: { ...sold, paid } }))
      .then(requested({ refundTo })),
  );

  it('goes where the buyer wants it otherwise', () =>
    given()
      .when(ask({ refundTo: 'cash' }))
      .then(requested({ refundTo: 'cash' })));

  it('needs a person when it is a claim', () =>
    given()
      .when(ask({ reason: 'claim' }))
      .then(requested({ reason: 'claim', needsApproval: true })));

  it('happens once', () => given(requested()).when(ask()).thenFails('return-exists'));
  it('must name lines of its order', () =>
    given()
      .when(ask({ lines: [{ lineId: '9', quantity: 1 }] }))
      .thenFails('line-not-found'));
  it('must name a known order', () => {
    const data = { returnId: 'b-1', orderId: 'o-9', reason: 'worn', refundTo: 'cash', lines: [tea] } as const;
    given().when({ type: 'RequestReturn', data }).thenFails('order-not-found');
  });
  it.each([
    ['no line', { lines: [] }],
    ['a line twice', { lines: [tea, tea] }],
  ])('is refused with %s', (__, over) => given().when(ask(over)).thenFails('invalid-lines'));
});

describe('a return without an order', () => {
  const bare = { returnId: 'b-1', refundTo: 'cash', reason: 'unwanted', lines: [tea], currency: 'GBP' } as const;
  const blind = (over: object = {}) => ({ type: 'RequestReturn', data: { ...bare, ...over } }) satisfies RmaCommand;

  it('takes the word of the caller', () => given().when(blind()).then(blindly()));
  it.each([
    ['refund-needs-order', { refundTo: 'original' }],
    ['refund-needs-order', { reason: 'claim' }],
    ['invalid-lines', { lines: [{ lineId: '1', quantity: 1 }] }],
    ['invalid-lines', { currency: undefined }],
  ] as const)('is refused as %s with %j', (code, over) => given().when(blind(over)).thenFails(code));

  const { lines, accepted } = approved().data as Data<'ReturnApproved'>;
  const yes = { type: 'ReturnApproved', data: { lines, accepted } } as const;

  it('is worth the prices that were said, for no more units than were approved', () =>
    given(blindly(), yes, {
      type: 'ReturnReceived',
      data: { locationId: 'leeds', lines: [{ ...unitsOf(tea), quantity: 3 }] },
    })
      .when(look(3))
      .then(
        {
          type: 'ReturnItemsInspected',
          data: {
            locationId: 'leeds',
            items: [{ ...unitsOf(tea), quantity: 3, disposition: 'restock' }],
            accepted: [{ lineId: '1', quantity: 3 }],
          },
        },
        { type: 'ReturnAssessed', data: { worth: 2000, fees: 0, amount: 2000, way: 'cash' } },
      ));

  it('ends when a till has paid out', () => {
    const { locationId, items, accepted } = inspected(2).data as Data<'ReturnItemsInspected'>;
    const back = { locationId, items, accepted };
    const worth = { type: 'ReturnAssessed', data: { worth: 2000, fees: 0, amount: 2000, way: 'cash' } } as const;
    given(blindly(), yes, { type: 'ReturnItemsInspected', data: back }, worth)
      .when(does('PayOutReturn', { locationId: 'leeds' }))
      .then(
        { type: 'ReturnRefunded', data: { amount: 2000, by: 'cash', locationId: 'leeds' } },
        { type: 'ReturnClosed', data: {} },
      );
  });
});

describe('the answer', () => {
  it('is yes when the order agrees', () => given(requested()).when(does('AcceptReturn', {})).then(approved()));
  it('waits for a person where one is needed', () =>
    given(requested({ needsApproval: true }))
      .when(does('AcceptReturn', {}))
      .thenNothing());
  it('may be yes to a part', () =>
    given(requested({ lines: [tea, cup] }))
      .when(does('ApproveReturn', { lines: [{ lineId: '1', quantity: 1 }] }))
      .then(approved({ lines: [{ ...unitsOf(tea), quantity: 1 }] })));
  it('is not yes to more than was asked for', () =>
    given(requested())
      .when(does('ApproveReturn', { lines: [{ lineId: '1', quantity: 3 }] }))
      .thenFails('line-not-found'));
  it('counts the units of a claim as back', () =>
    given(requested({ reason: 'claim', needsApproval: true }))
      .when(does('ApproveReturn', {}))
      .then(approved({ accepted: [{ lineId: '1', quantity: 2 }] })));
  it('counts what was inspected before', () =>
    given(requested({ refundShipping: true }), received(1), inspected(1, { accepted: [] }))
      .when(does('ApproveReturn', {}))
      .then(approved({ accepted: [{ lineId: '1', quantity: 1 }], refundShipping: true })));
  it('is given once', () => given(requested(), approved()).when(does('ApproveReturn', {})).thenNothing());
  it('may be no', () =>
    given(requested(), approved())
      .when(does('DeclineReturn', { reason: 'too-late' }))
      .then({ type: 'ReturnDeclined', data: { orderId: 'o-1', reason: 'too-late' } }));
  it('cannot be no any more when goods were accepted', () =>
    given(requested(), approved(), inspected(1))
      .when(does('DeclineReturn', { reason: 'too-late' }))
      .thenFails('return-ended', { state: 'approved' }));
});

describe('goods', () => {
  const no = { type: 'ReturnDeclined', data: { orderId: 'o-1', reason: 'too-late' } } as const;

  it('are received where they arrive, more than was asked for, also of a return that was declined', () =>
    given(requested(), no)
      .when(does('ReceiveReturn', { locationId: 'york', lines: [{ lineId: '1', quantity: 9 }] }))
      .then(received(9, 'york')));
  it('of another kind need their sku', () =>
    given(requested())
      .when(does('ReceiveReturn', { locationId: 'york', lines: [{ lineId: '9', quantity: 1 }] }))
      .thenFails('line-not-found'));
  it('of another kind are booked, not accepted', () =>
    given(requested(), approved())
      .when(
        does('InspectReturn', {
          locationId: 'leeds',
          items: [{ lineId: 'x', sku: 'HAT', quantity: 1, disposition: 'damaged' }],
        }),
      )
      .then(
        {
          type: 'ReturnReceived',
          data: { orderId: 'o-1', locationId: 'leeds', lines: [{ lineId: 'x', sku: 'HAT', quantity: 1 }] },
        },
        {
          type: 'ReturnItemsInspected',
          data: {
            ...{ orderId: 'o-1', locationId: 'leeds', accepted: [] },
            items: [{ lineId: 'x', sku: 'HAT', quantity: 1, disposition: 'damaged' }],
          },
        },
      ));
  it('of a claim are booked when they come all the same: their money has gone already', () =>
    given(
      requested({ reason: 'claim', needsApproval: true }),
      approved({ accepted: [{ lineId: '1', quantity: 1 }] }),
      ...[assessed(1000), refundAsked(1000), refunded(1000), closed],
    )
      .when(look(1))
      .then(received(1), inspected(1, { accepted: [] }), closed));
  it('are received with their inspection where they were not before', () =>
    given(requested(), approved(), received(1)).when(look(2)).then(received(1), inspected(2)));
  it('at one place are not those at another', () =>
    given(requested(), approved(), received(2, 'york')).when(look(2)).then(received(2), inspected(2)));
  it('that are missing are not accepted', () =>
    given(requested(), approved(), received(2), inspected(1))
      .when(look(1, 'missing'))
      .then(inspected(1, { items: [{ ...unitsOf(tea), quantity: 1, disposition: 'missing' }], accepted: [] })));
  it('of a declined return are booked, not accepted', () =>
    given(requested(), no, received(1))
      .when(look(1))
      .then(inspected(1, { accepted: [] })));
  it('that come late open the return again', () =>
    given(requested(), approved(), closed, received(1)).when(look(1)).then(inspected(1)));
});

describe('the end', () => {
  it('comes by itself once all is here or missing and all is paid', () =>
    given(requested(), approved(), inspected(1), assessed(1000), refundAsked(1000), refunded(1000))
      .when(look(1, 'missing'))
      .then(inspected(1, { items: [{ ...unitsOf(tea), quantity: 1, disposition: 'missing' }], accepted: [] }), closed));
  it('may be told when goods do not come', () =>
    given(requested(), approved()).when(does('CloseReturn', {})).then(closed));
  it.each([
    ['return-pending', [requested()]],
    ['return-open', [requested(), approved(), received(1)]],
    ['return-open', [requested(), approved(), inspected(1)]],
    ['return-open', [requested(), approved(), inspected(1), assessed(1000), refundAsked(1000)]],
  ] as const)('is refused as %s', (code, history) =>
    given(...history)
      .when(does('CloseReturn', {}))
      .thenFails(code),
  );
  it('comes once', () => given(requested(), approved(), closed).when(does('CloseReturn', {})).thenNothing());
});

it('what does not exist cannot change', () => given().when(does('CloseReturn', {})).thenFails('return-not-found'));
