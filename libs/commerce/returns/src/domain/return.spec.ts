import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { type Disposition, type RmaCommand } from './return-messages.js';
import { goodsReturn } from './return.js';
import {
  approved,
  requestReturn,
  assessed,
  requestedBlind,
  closed,
  cup,
  type Data,
  inspected,
  received,
  refundRequested,
  refunded,
  requested,
  sold,
  tea,
  unitsOf,
} from './samples.js';

const given = specification(goodsReturn.decider);

type Body<Type extends RmaCommand['type']> = Omit<Extract<RmaCommand, { type: Type }>['data'], 'returnId'>;

const command = <Type extends RmaCommand['type']>(type: Type, body: Body<Type>) =>
  ({ type, data: { returnId: 'b-1', ...body } }) as unknown as RmaCommand;

const inspect = (quantity: number, disposition: Disposition = 'restock', locationId = 'leeds') =>
  command('InspectReturn', { locationId, items: [{ lineId: '1', quantity, disposition }] });

describe('a requested return', () => {
  it('records the lines of the order, the customer and where the refund goes', () =>
    given().when(requestReturn()).then(requested()));

  it.each([
    ['till', 'cash'],
    ['elsewhere', 'elsewhere'],
  ] as const)('of an order that was paid by %s is refunded to %s', (paid, refundTo) =>
    given()
      .when(requestReturn({ order: { ...sold, paid } }))
      .then(requested({ refundTo })),
  );

  it('is refunded where the buyer wants it', () =>
    given()
      .when(requestReturn({ refundTo: 'cash' }))
      .then(requested({ refundTo: 'cash' })));

  it('needs approval if it is a claim', () =>
    given()
      .when(requestReturn({ reason: 'claim' }))
      .then(requested({ reason: 'claim', needsApproval: true })));

  it('is requested once', () => given(requested()).when(requestReturn()).thenFails('return-exists'));
  it('must name lines of its order', () =>
    given()
      .when(requestReturn({ lines: [{ lineId: '9', quantity: 1 }] }))
      .thenFails('line-not-found'));
  it('must name a known order', () => {
    const data = { returnId: 'b-1', orderId: 'o-9', reason: 'worn', refundTo: 'cash', lines: [tea] } as const;
    given().when({ type: 'RequestReturn', data }).thenFails('order-not-found');
  });
  it.each([
    ['no line', { lines: [] }],
    ['a line twice', { lines: [tea, tea] }],
  ])('is refused with %s', (__, over) => given().when(requestReturn(over)).thenFails('invalid-lines'));
});

describe('a return without an order', () => {
  const bare = { returnId: 'b-1', refundTo: 'cash', reason: 'unwanted', lines: [tea], currency: 'GBP' } as const;
  const blind = (over: object = {}) => ({ type: 'RequestReturn', data: { ...bare, ...over } }) satisfies RmaCommand;

  it('takes SKU and price from the caller', () => given().when(blind()).then(requestedBlind()));
  it.each([
    ['refund-needs-order', { refundTo: 'original' }],
    ['refund-needs-order', { reason: 'claim' }],
    ['invalid-lines', { lines: [{ lineId: '1', quantity: 1 }] }],
    ['invalid-lines', { currency: undefined }],
    ['amount-out-of-range', { lines: [{ ...tea, unitPrice: { amount: Number.MAX_SAFE_INTEGER, scale: 2 } }] }],
  ] as const)('is refused as %s with %j', (code, over) => given().when(blind(over)).thenFails(code));

  const { lines, accepted } = approved().data as Data<'ReturnApproved'>;
  const approvedEvent = { type: 'ReturnApproved', data: { lines, accepted } } as const;

  it('is worth the prices of the request, for no more units than were approved', () =>
    given(requestedBlind(), approvedEvent, {
      type: 'ReturnReceived',
      data: { locationId: 'leeds', lines: [{ ...unitsOf(tea), quantity: 3 }] },
    })
      .when(inspect(3))
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

  it('cannot have more goods than are worth what is exact', () => {
    const dear = { ...tea, quantity: 1, unitPrice: { amount: Number.MAX_SAFE_INTEGER, scale: 2 } };
    given(requestedBlind({ lines: [dear] }), approvedEvent)
      .when(inspect(2))
      .thenFails('amount-out-of-range');
  });

  it('is closed once a till has paid out', () => {
    const { locationId, items, accepted } = inspected(2).data as Data<'ReturnItemsInspected'>;
    const back = { locationId, items, accepted };
    const worth = { type: 'ReturnAssessed', data: { worth: 2000, fees: 0, amount: 2000, way: 'cash' } } as const;
    given(requestedBlind(), approvedEvent, { type: 'ReturnItemsInspected', data: back }, worth)
      .when(command('PayOutReturn', { locationId: 'leeds' }))
      .then(
        { type: 'ReturnRefunded', data: { amount: 2000, by: 'cash', locationId: 'leeds' } },
        { type: 'ReturnClosed', data: {} },
      );
  });
});

describe('an approval or decline', () => {
  it('is an approval if the order accepts the return', () =>
    given(requested()).when(command('AcceptReturn', {})).then(approved()));
  it('waits if the return needs approval', () =>
    given(requested({ needsApproval: true }))
      .when(command('AcceptReturn', {}))
      .thenNothing());
  it('may approve a part', () =>
    given(requested({ lines: [tea, cup] }))
      .when(command('ApproveReturn', { lines: [{ lineId: '1', quantity: 1 }] }))
      .then(approved({ lines: [{ ...unitsOf(tea), quantity: 1 }] })));
  it('cannot approve more than was requested', () =>
    given(requested())
      .when(command('ApproveReturn', { lines: [{ lineId: '1', quantity: 3 }] }))
      .thenFails('line-not-found'));
  it('accepts the units of a claim', () =>
    given(requested({ reason: 'claim', needsApproval: true }))
      .when(command('ApproveReturn', {}))
      .then(approved({ accepted: [{ lineId: '1', quantity: 2 }] })));
  it('accepts units that were inspected before', () =>
    given(requested({ refundShipping: true }), received(1), inspected(1, { accepted: [] }))
      .when(command('ApproveReturn', {}))
      .then(approved({ accepted: [{ lineId: '1', quantity: 1 }], refundShipping: true })));
  it('is recorded once', () => given(requested(), approved()).when(command('ApproveReturn', {})).thenNothing());
  it('may be a decline', () =>
    given(requested(), approved())
      .when(command('DeclineReturn', { reason: 'too-late' }))
      .then({ type: 'ReturnDeclined', data: { orderId: 'o-1', reason: 'too-late' } }));
  it('cannot be a decline after goods were accepted', () =>
    given(requested(), approved(), inspected(1))
      .when(command('DeclineReturn', { reason: 'too-late' }))
      .thenFails('return-ended', { state: 'approved' }));
});

describe('returned goods', () => {
  const declinedEvent = { type: 'ReturnDeclined', data: { orderId: 'o-1', reason: 'too-late' } } as const;

  it('are received where they arrive, even more than requested and after a decline', () =>
    given(requested(), declinedEvent)
      .when(command('ReceiveReturn', { locationId: 'york', lines: [{ lineId: '1', quantity: 9 }] }))
      .then(received(9, 'york')));
  it('that were not requested need their SKU', () =>
    given(requested())
      .when(command('ReceiveReturn', { locationId: 'york', lines: [{ lineId: '9', quantity: 1 }] }))
      .thenFails('line-not-found'));
  it('that were not requested are recorded, not accepted', () =>
    given(requested(), approved())
      .when(
        command('InspectReturn', {
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
  it('of a claim are recorded, not accepted: the claim was refunded already', () =>
    given(
      requested({ reason: 'claim', needsApproval: true }),
      approved({ accepted: [{ lineId: '1', quantity: 1 }] }),
      ...[assessed(1000), refundRequested(1000), refunded(1000), closed],
    )
      .when(inspect(1))
      .then(received(1), inspected(1, { accepted: [] }), closed));
  it('are received by their inspection if they were not received before', () =>
    given(requested(), approved(), received(1)).when(inspect(2)).then(received(1), inspected(2)));
  it('at one location are not those at another', () =>
    given(requested(), approved(), received(2, 'york')).when(inspect(2)).then(received(2), inspected(2)));
  it('that are missing are not accepted', () =>
    given(requested(), approved(), received(2), inspected(1))
      .when(inspect(1, 'missing'))
      .then(inspected(1, { items: [{ ...unitsOf(tea), quantity: 1, disposition: 'missing' }], accepted: [] })));
  it('of a declined return are recorded, not accepted', () =>
    given(requested(), declinedEvent, received(1))
      .when(inspect(1))
      .then(inspected(1, { accepted: [] })));
  it('that arrive late open the return again', () =>
    given(requested(), approved(), closed, received(1)).when(inspect(1)).then(inspected(1)));
});

describe('closing a return', () => {
  it('happens by itself once all units are returned or missing and all is refunded', () =>
    given(requested(), approved(), inspected(1), assessed(1000), refundRequested(1000), refunded(1000))
      .when(inspect(1, 'missing'))
      .then(inspected(1, { items: [{ ...unitsOf(tea), quantity: 1, disposition: 'missing' }], accepted: [] }), closed));
  it('is possible if goods do not arrive', () =>
    given(requested(), approved()).when(command('CloseReturn', {})).then(closed));
  it.each([
    ['return-pending', [requested()]],
    ['return-open', [requested(), approved(), received(1)]],
    ['return-open', [requested(), approved(), inspected(1)]],
    ['return-open', [requested(), approved(), inspected(1), assessed(1000), refundRequested(1000)]],
  ] as const)('is refused as %s', (code, history) =>
    given(...history)
      .when(command('CloseReturn', {}))
      .thenFails(code),
  );
  it('happens once', () => given(requested(), approved(), closed).when(command('CloseReturn', {})).thenNothing());
});

it('a return that does not exist cannot change', () =>
  given().when(command('CloseReturn', {})).thenFails('return-not-found'));
