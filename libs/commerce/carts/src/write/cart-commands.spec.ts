import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Decide } from '#event-store';
import { aCause } from '#testing';
import { cartCommands } from './cart-commands.js';
import { ChangeCart } from './change-cart.js';

const contractOf = (name: string) => {
  const contract = cartCommands.find((one) => one.name === name);
  if (!contract) throw new Error(`No command ${name}`);
  return contract;
};

const isValid = (name: string, body: object) =>
  validateSync(plainToInstance(contractOf(name).dto, body), { whitelist: true, forbidNonWhitelisted: true }).length ===
  0;

const line = { lineId: '1', sku: 'TEA', quantity: 1, unitPrice: { amount: 450, scale: 2 }, method: 'ship' };
const times = { at: '2026-02-01T11:00:00+01:00', until: '2026-02-01T12:00:00+01:00' };
const visit = { appointmentId: 'a', locationId: 'leeds', lines: [{ sku: 'TEA', quantity: 1 }], ...times };
const template = { buttonId: 'b', customerId: 'ada', currency: 'GBP', lines: [line] };

describe('a body', () => {
  it.each<[string, object]>([
    ['CreateCart', { cartId: 'c', currency: 'GBP', customerId: 'ada', attributes: { campaign: 'spring' } }],
    ['AddCartLine', { cartId: 'c', ...line, title: 'Tea', locationId: 'leeds' }],
    ['SetCartLineQuantity', { cartId: 'c', lineId: '1', quantity: 2 }],
    ['RemoveCartLine', { cartId: 'c', lineId: '1' }],
    ['HandOverCart', { cartId: 'c', to: { channel: 'till', person: 'staff-7' } }],
    ['AttachCustomer', { cartId: 'c', customerId: 'ada' }],
    ['ReserveCart', { cartId: 'c', seconds: 60 }],
    ['ExtendCartReservations', { cartId: 'c' }],
    ['ReleaseCart', { cartId: 'c' }],
    ['MergeCarts', { cartId: 'c', fromCartId: 'g' }],
    ['CheckOutCart', { cartId: 'c', orderId: 'o' }],
    ['ReopenCart', { cartId: 'c' }],
    ['CloseCart', { cartId: 'c', reason: 'abandoned' }],
    ['BookAppointment', { ...visit, contact: { name: 'Ada' } }],
    ['RescheduleAppointment', { appointmentId: 'a', ...times }],
    ['CancelAppointment', { appointmentId: 'a', reason: 'ill' }],
    ['CompleteAppointment', { appointmentId: 'a', orderId: 'o' }],
    ['ConfigureReorderButton', { ...template, payment: { kind: 'card', token: 'tok_1' }, debounceSeconds: 5 }],
    ['PressReorderButton', { buttonId: 'b', pressId: 'p' }],
  ])('of %s is valid with its fields and invalid without', (name, body) => {
    expect(isValid(name, body)).toBe(true);
    expect(isValid(name, {})).toBe(false);
  });

  it.each<[string, object]>([
    ['SetCartLineQuantity', { cartId: 'c', lineId: '1', quantity: 0 }],
    ['AddCartLine', { cartId: 'c', ...line, title: '4111 1111 1111 1111' }],
    ['ReserveCart', { cartId: 'c', seconds: 86_401 }],
    ['HandOverCart', { cartId: 'c', to: { person: 'ada@example.com' } }],
    ['BookAppointment', { ...visit, at: '2026-02-01' }],
    ['ConfigureReorderButton', { ...template, lines: [] }],
    ['ConfigureReorderButton', { ...template, maxPerDay: -1 }],
  ])('of %s is invalid: %p', (name, body) => expect(isValid(name, body)).toBe(false));
});

it('every command names its stream, and the subject of its personal data', () => {
  const body = { cartId: 'x', appointmentId: 'y', buttonId: 'z', customerId: 'ada' };
  const cause = aCause();
  for (const { name, stream, subject } of cartCommands) {
    const [category, id] = /Appointment/.test(name)
      ? ['appointment', 'y']
      : /Button/.test(name)
        ? ['reorderbutton', 'z']
        : ['cart', 'x'];
    expect(stream(body)).toBe(`${category}-${id}`);
    const isPersonal = ['BookAppointment', 'ConfigureReorderButton'].includes(name);
    expect(subject?.(body, cause)).toBe(isPersonal ? 'ada' : undefined);
  }
});

it('the appointment of a guest has a subject of its own, the same for every repeat', () => {
  const subject = (body: object) => contractOf('BookAppointment').subject?.(body, aCause());
  const guest = subject({ ...visit, contact: { name: 'Ada' } });
  expect(guest).toBeDefined();
  expect(subject({ ...visit, contact: { name: 'Ada' } })).toBe(guest);
  expect(subject(visit)).toBeUndefined();
});

it('times are compared in UTC', () => {
  const message = contractOf('BookAppointment').message(visit, aCause());
  expect(message).toBeInstanceOf(Decide);
  expect((message as Decide).command.data).toMatchObject({ at: '2026-02-01T10:00:00.000Z' });
});

it('commands to which context must be added go to their handler', () =>
  expect(contractOf('MergeCarts').message({ cartId: 'c', fromCartId: 'g' }, aCause())).toBeInstanceOf(ChangeCart));
