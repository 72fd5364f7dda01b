import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { transfer, type TransferCommand, type TransferEvent, type TransferLine } from './transfer.js';

const given = specification(transfer.decider);

const transferId = 't-1';
const eta = '2026-02-01T00:00:00.000Z';
const tea = (quantity: number) => ({ sku: 'TEA', quantity });
const cup = (quantity: number) => ({ sku: 'CUP', quantity });
const way = { from: 'north', to: 'south', lines: [tea(5), cup(2)] };

const requested: TransferEvent = { type: 'TransferRequested', data: way };
const confirmed: TransferEvent = { type: 'TransferConfirmed', data: {} };
const shipped = (...lines: TransferLine[]): TransferEvent => ({ type: 'TransferShipped', data: { lines, eta } });
const received = (...lines: TransferLine[]): TransferEvent => ({ type: 'TransferReceived', data: { lines } });
const closed = (missing: TransferLine[], unshipped: TransferLine[]): TransferEvent => ({
  type: 'TransferClosed',
  data: { missing, unshipped },
});
const cancelled: TransferEvent = { type: 'TransferCancelled', data: { reason: 'x' } };

const request = (change: object = {}): TransferCommand => ({
  type: 'RequestTransfer',
  data: { transferId, ...way, ...change },
});
const ship = (...lines: TransferLine[]): TransferCommand => ({
  type: 'ShipTransfer',
  data: { transferId, lines, eta },
});
const receive = (...lines: TransferLine[]): TransferCommand => ({
  type: 'ReceiveTransfer',
  data: { transferId, lines },
});
const close: TransferCommand = { type: 'CloseTransfer', data: { transferId } };
const cancel: TransferCommand = { type: 'CancelTransfer', data: { transferId, reason: 'x' } };
const confirm: TransferCommand = { type: 'ConfirmTransfer', data: { transferId } };

describe('a transfer', () => {
  it('is requested once', () => {
    given().when(request()).then(requested);
    given(requested).when(request()).thenFails('transfer-exists');
  });

  it('goes to another location, and names each SKU once', () => {
    given()
      .when(request({ to: 'north' }))
      .thenFails('invalid-lines');
    given()
      .when(request({ lines: [tea(1), tea(1)] }))
      .thenFails('invalid-lines');
  });

  it('is confirmed once its goods are held; before, nothing leaves', () => {
    given(requested).when(confirm).then(confirmed);
    given(requested, confirmed).when(confirm).thenNothing();
    given(requested)
      .when(ship(tea(1)))
      .thenFails('transfer-not-confirmed');
    given()
      .when(ship(tea(1)))
      .thenFails('transfer-not-found');
  });

  it('ships bit by bit, never more than was asked for', () => {
    given(requested, confirmed)
      .when(ship(tea(3)))
      .then(shipped(tea(3)));
    given(requested, confirmed, shipped(tea(3)))
      .when(ship(tea(3)))
      .thenFails('not-enough-stock', { available: 2 });
    given(requested, confirmed)
      .when(ship({ sku: 'POT', quantity: 1 }))
      .thenFails('line-not-found');
  });

  it('receives no more than is in transit', () => {
    const sent = [requested, confirmed, shipped(tea(3))] as const;
    given(...sent)
      .when(receive(tea(2)))
      .then(received(tea(2)));
    given(...sent, received(tea(2)))
      .when(receive(tea(2)))
      .thenFails('not-enough-stock', { available: 1 });
  });

  it('ends with the last unit that arrives', () =>
    given(requested, confirmed, shipped(tea(5), cup(2)), received(tea(5)))
      .when(receive(cup(2)))
      .then(received(cup(2)), closed([], [])));

  it('says when it is closed what is missing and what never left', () =>
    given(requested, confirmed, shipped(tea(4)), received(tea(3)))
      .when(close)
      .then(closed([tea(1)], [tea(1), cup(2)])));

  it('is called off before anything has left only', () => {
    given(requested).when(cancel).then(cancelled);
    given(requested, confirmed, shipped(tea(1)))
      .when(cancel)
      .thenFails('transfer-shipped');
    given().when(cancel).thenFails('transfer-not-found');
  });

  it('is over when it is over', () => {
    given(requested, cancelled).when(cancel).thenNothing();
    given(requested, cancelled).when(close).thenNothing();
    given(requested, cancelled)
      .when(ship(tea(1)))
      .thenFails('transfer-ended');
    given(requested, cancelled).when(confirm).thenNothing();
  });
});
