import { asPosition } from '#event-store';
import { describe, expect, it } from '@jest/globals';
import { type Message } from '#kernel';
import { aRecorded } from '#testing';
import { type AppointmentEvent } from '../domain/appointment.js';
import { type CartEvent, type CartLine } from '../domain/cart-messages.js';
import { type ReorderEvent } from '../domain/reorder-button.js';
import { appointments } from './appointment.projection.js';
import { carts } from './cart.projection.js';
import { cartView } from './cart-view.js';
import { reorderButtons } from './reorder-button.projection.js';

const history = <Event extends Message>(stream: string, events: readonly Event[], channels: readonly string[] = []) =>
  events.map((event, revision) =>
    aRecorded(stream, event, {
      revision,
      position: asPosition(revision + 1),
      cause: { channel: channels[revision] ?? 'web' },
    }),
  );

const line: CartLine = {
  ...{ lineId: '1', sku: 'TEA', quantity: 3, method: 'ship' },
  unitPrice: { amount: 1, scale: 2 },
};
const place = { reservationId: 'r', sku: 'TEA', locationId: 'north' };
const until = '2026-01-01T12:15:00.000Z';
const created: CartEvent = { type: 'CartCreated', data: { currency: 'EUR' } };
const added: CartEvent = { type: 'CartLineAdded', data: line };
const held: CartEvent[] = [
  { type: 'CartReservationRequested', data: { places: [{ lineId: '1', locationId: 'north' }], expiresAt: until } },
  { type: 'CartStockAsked', data: { asks: [{ ...place, quantity: 2 }], expiresAt: until } },
  { type: 'CartStockReserved', data: { ...place, quantity: 2, expiresAt: until } },
];
const checkedOut: CartEvent = { type: 'CartCheckedOut', data: { orderId: 'o', expiresAt: until } };

describe('a cart', () => {
  const row = (...events: CartEvent[]) =>
    history('cart-c', events).reduce<ReturnType<typeof carts.project>>(
      (before, recorded) => carts.project(before, recorded, { cartId: 'c' }),
      undefined,
    );
  it('has an expiry only while it waits for its order', () => {
    expect(row(created)).toMatchObject({ state: 'open', checkoutExpiresAt: null });
    expect(row(created, checkedOut)).toMatchObject({ state: 'checked-out', orderId: 'o', checkoutExpiresAt: until });
    const ordered: CartEvent = { type: 'CartOrdered', data: { orderId: 'o' } };
    expect(row(created, checkedOut, ordered)).toMatchObject({ state: 'checked-out', checkoutExpiresAt: null });
    const reopened: CartEvent = { type: 'CartReopened', data: { orderId: 'o', reason: 'no-order' } };
    expect(row(created, checkedOut, reopened)).toMatchObject({ state: 'open', orderId: null, checkoutExpiresAt: null });
    const closed: CartEvent = { type: 'CartClosed', data: { reason: 'ordered', orderId: 'o' } };
    expect(row(created, checkedOut, ordered, closed)).toMatchObject({ state: 'ordered', orderId: 'o' });
  });

  it('is shown with reserved units of each line, missing goods and all holders', () => {
    const missing: CartEvent = {
      type: 'CartStockNotReserved',
      data: { sku: 'POT', quantity: 1, available: 0 },
    };
    const handed: CartEvent = { type: 'CartHandedOver', data: { from: 'web', to: { person: 'staff-7' } } };
    const events = [created, added, ...held, missing, { ...added, data: { ...line, quantity: 1 } }, handed];
    const channels = ['web', 'web', 'web', 'web', 'web', 'web', 'till', 'till'];
    expect(cartView('c', history('cart-c', events, channels))).toMatchObject({
      state: 'open',
      lines: [{ lineId: '1', quantity: 4, reserved: 2 }],
      reservations: [{ sku: 'TEA', locationId: 'north', quantity: 2 }],
      reservedUntil: until,
      missing: [{ sku: 'POT', quantity: 1, available: 0 }],
      holders: [{ channel: 'web' }, { channel: 'till' }, { channel: 'till', person: 'staff-7' }],
      revision: 7,
    });
  });
  it('is undefined when it was never created', () => expect(cartView('c', [])).toBeUndefined());
});

describe('an appointment', () => {
  const goods = [{ sku: 'TEA', quantity: 1 }];
  const at = {
    at: '2026-01-02T10:00:00.000Z',
    until: '2026-01-02T11:00:00.000Z',
    holdUntil: '2026-01-02T11:30:00.000Z',
  };
  const contact = { name: 'sealed' };
  const booked: AppointmentEvent = {
    type: 'AppointmentBooked',
    data: { locationId: 'leeds', ...at, goods, asks: [], contact },
  };
  const row = (...events: AppointmentEvent[]) =>
    history('appointment-a', events).reduce<ReturnType<typeof appointments.project>>(
      (before, recorded) => appointments.project(before, recorded, { appointmentId: 'a' }),
      undefined,
    );
  it('shows missing goods, no personal data, and until when goods are reserved', () => {
    expect(JSON.stringify(row(booked))).not.toContain('sealed');
    const lacking: AppointmentEvent = { type: 'AppointmentIncomplete', data: { missing: goods } };
    expect(row(booked, lacking)).toMatchObject({ state: 'incomplete', missing: goods, holdUntil: at.holdUntil });
    const confirmed: AppointmentEvent = { type: 'AppointmentConfirmed', data: {} };
    expect(row(booked, lacking, confirmed)).toMatchObject({ state: 'confirmed', missing: [] });
    for (const [type, state] of [
      ['AppointmentCancelled', 'cancelled'],
      ['AppointmentCompleted', 'completed'],
      ['AppointmentMissed', 'missed'],
    ] as const) {
      const over = { type, data: { reason: '', releases: [] } } as AppointmentEvent;
      expect(row(booked, confirmed, over)).toMatchObject({ state, holdUntil: null });
    }
  });
});

describe('a reorder button', () => {
  const configured: ReorderEvent = {
    type: 'ReorderButtonConfigured',
    data: {
      ...{ customerId: 'ada', currency: 'EUR', lines: [line], debounceSeconds: 60, maxPerDay: 3 },
      contact: { name: 'sealed' },
      payment: { kind: 'card', token: 'sealed' },
    },
  };
  const row = (...events: ReorderEvent[]) =>
    history('reorderbutton-b', events).reduce<ReturnType<typeof reorderButtons.project>>(
      (before, recorded) => reorderButtons.project(before, recorded, { buttonId: 'b' }),
      undefined,
    );
  it('counts presses over all configurations, without personal data', () => {
    const pressed: ReorderEvent = { type: 'ReorderButtonPressed', data: { pressId: '1', orderId: 'o' } };
    const ignored: ReorderEvent = { type: 'ReorderPressIgnored', data: { pressId: '2', reason: 'debounced' } };
    const failed: ReorderEvent = { type: 'ReorderFailed', data: { orderId: 'o', code: 'method-not-offered' } };
    const after = row(configured, pressed, ignored, failed, configured);
    expect(after).toMatchObject({ ordered: 1, ignored: 1, lastOrderId: 'o', lastFailure: 'method-not-offered' });
    expect(JSON.stringify(after)).not.toContain('sealed');
  });
});
