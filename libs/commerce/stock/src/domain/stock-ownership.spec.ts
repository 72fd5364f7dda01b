import { describe, it } from '@jest/globals';
import { caused, specification } from '#testing';
import { stockItem, type StockCommand, type StockEvent } from './stock-item.js';

const given = specification(stockItem.decider);

const owner = { type: 'cart', id: 'cart-1' } as const;
const received: StockEvent = { type: 'StockReceived', data: { quantity: 5, ref: 'delivery' } };
const expiresAt = '2027-01-01T00:00:00.000Z';
const byWeb = caused<StockEvent>(
  { channel: 'web' },
  { type: 'StockReserved', data: { reservationId: 'r-1', quantity: 2, kind: 'soft', owner, expiresAt } },
);
const released: StockEvent = {
  type: 'ReservationReleased',
  data: { reservationId: 'r-1', quantity: 2, kind: 'soft', owner, reason: 'left' },
};

const release = (ofChannel?: string): StockCommand => ({
  type: 'ReleaseReservation',
  data: { reservationId: 'r-1', reason: 'left', ...(ofChannel !== undefined && { ofChannel }) },
});

describe('a reservation', () => {
  const commands: StockCommand[] = [
    release('marketplace'),
    { type: 'FirmReservation', data: { reservationId: 'r-1', ofChannel: 'marketplace' } },
    { type: 'ReduceReservation', data: { reservationId: 'r-1', by: 1, ofChannel: 'marketplace' } },
    { type: 'ConsumeReservation', data: { reservationId: 'r-1', ref: 'parcel', ofChannel: 'marketplace' } },
    { type: 'ExtendReservation', data: { reservationId: 'r-1', expiresAt, ofChannel: 'marketplace' } },
  ];
  for (const command of commands) {
    it(`is unknown to another channel: ${command.type}`, () =>
      given(received, byWeb).when(command).thenFails('reservation-not-found'));
  }

  for (const [whose, asked, channel] of [
    ['channel', owner, 'marketplace'],
    ['buyer', { type: 'order', id: 'o-1' }, 'web'],
  ] as const) {
    it(`is refused to another ${whose} under the same id`, () =>
      given(received, byWeb)
        .when(
          { type: 'ReserveStock', data: { reservationId: 'r-1', quantity: 2, kind: 'hard', owner: asked } },
          { channel },
        )
        .thenFails('reservation-exists'));
  }

  it('is released by the channel that made it', () => given(received, byWeb).when(release('web')).then(released));

  it('is released by a process, made by any channel', () => given(received, byWeb).when(release()).then(released));

  it('made by the checkout process cannot be released by the channel, which cancels the order instead', () =>
    given(received, caused<StockEvent>({ channel: 'web', actor: 'process:checkout' }, byWeb.event))
      .when(release('web'))
      .thenFails('reservation-not-found'));

  const ofProcess = caused<StockEvent>({ channel: 'web', actor: 'process:checkout' }, byWeb.event);
  const byStaff: StockCommand[] = [
    { type: 'ConsumeReservation', data: { reservationId: 'r-1', ref: 'parcel', byStaff: true } },
    { type: 'ReleaseReservation', data: { reservationId: 'r-1', reason: 'left', byStaff: true } },
    { type: 'ReduceReservation', data: { reservationId: 'r-1', by: 1, byStaff: true } },
    { type: 'FirmReservation', data: { reservationId: 'r-1', byStaff: true } },
    { type: 'ExtendReservation', data: { reservationId: 'r-1', expiresAt, byStaff: true } },
  ];
  for (const command of byStaff) {
    it(`that a process has made is not moved by staff either: ${command.type}`, () =>
      given(received, ofProcess).when(command).thenFails('reservation-of-order'));
  }

  it('that a channel has made is released by staff', () =>
    given(received, byWeb)
      .when({ type: 'ReleaseReservation', data: { reservationId: 'r-1', reason: 'left', byStaff: true } })
      .then(released));

  it('still belongs to its channel after it is made firm', () =>
    given(received, byWeb, { type: 'ReservationFirmed', data: { reservationId: 'r-1', quantity: 2 } })
      .when(release('marketplace'))
      .thenFails('reservation-not-found'));
});
