import { describe, it } from '@jest/globals';
import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { specification } from '#testing';
import { appointment, type AppointmentCommand, type AppointmentEvent } from './appointment.js';

const given = specification(appointment.decider);

const times = { at: '2026-01-02T10:00:00.000Z', until: '2026-01-02T11:00:00.000Z' };
const holdUntil = '2026-01-02T11:30:00.000Z';
const goods = [
  { sku: 'TEA', quantity: 2 },
  { sku: 'POT', quantity: 1 },
];
const ask = (n: number, sku: string, quantity: number) => ({
  reservationId: uuidv5(KONTOR_NAMESPACE, `appointment/a/${n}`),
  ...{ sku, locationId: 'leeds', quantity },
});
const [tea, pot] = [ask(1, 'TEA', 2), ask(2, 'POT', 1)];
const book = (lines = goods, more: object = {}): AppointmentCommand => ({
  type: 'BookAppointment',
  data: { appointmentId: 'a', locationId: 'leeds', lines, ...times, ...more },
});
const booked: AppointmentEvent = {
  type: 'AppointmentBooked',
  data: { locationId: 'leeds', ...times, holdUntil, goods, asks: [tea, pot] },
};
const reserved = (data = tea): AppointmentEvent => ({ type: 'AppointmentGoodsReserved', data });
const missing: AppointmentEvent = { type: 'AppointmentGoodsMissing', data: { ...pot, available: 0 } };
const incomplete: AppointmentEvent = {
  type: 'AppointmentIncomplete',
  data: { missing: [{ sku: 'POT', quantity: 1 }] },
};
const confirmed: AppointmentEvent = { type: 'AppointmentConfirmed', data: {} };
const cancelled: AppointmentEvent = { type: 'AppointmentCancelled', data: { reason: 'ill', releases: [tea] } };
const answer = ({ reservationId } = tea, available?: number): AppointmentCommand => ({
  type: 'RecordAppointmentGoods',
  data: { appointmentId: 'a', reservationId, ...(available !== undefined && { available }) },
});

describe('an appointment', () => {
  it('requests its goods', () => given().when(book()).then(booked));
  it('requests the sum of goods that are chosen twice', () =>
    given()
      .when(book([goods[0], goods[1], goods[0]].flatMap((one) => one ?? [])))
      .then({
        type: 'AppointmentBooked',
        data: {
          ...{ locationId: 'leeds', ...times, holdUntil },
          goods: [
            { sku: 'TEA', quantity: 4 },
            { sku: 'POT', quantity: 1 },
          ],
          asks: [ask(1, 'TEA', 4), pot],
        },
      }));
  it('reserves its goods until the last instant at the latest', () =>
    given()
      .when(book([], { until: '9999-12-31T23:59:00.000Z' }))
      .then(
        {
          type: 'AppointmentBooked',
          data: {
            ...{ locationId: 'leeds', at: times.at, until: '9999-12-31T23:59:00.000Z' },
            ...{ holdUntil: '9999-12-31T23:59:59.999Z', goods: [], asks: [] },
          },
        },
        confirmed,
      ));
  it('is booked once', () => given(booked).when(book()).thenFails('appointment-exists'));
  it('must end after it begins', () =>
    given()
      .when(book(goods, { until: times.at }))
      .thenFails('appointment-in-past'));
  it('cannot be booked for the past', () =>
    given().when(book(), { occurredAt: times.until }).thenFails('appointment-in-past'));

  it('waits until stock has answered all requests', () => given(booked).when(answer()).then(reserved()));
  it('is confirmed when all goods are reserved', () =>
    given(booked, reserved()).when(answer(pot)).then(reserved(pot), confirmed));
  it('is incomplete when goods are missing', () =>
    given(booked, reserved()).when(answer(pot, 0)).then(missing, incomplete));
  it('records each answer once', () => given(booked, reserved()).when(answer()).thenNothing());
  it('marks goods that are reserved after its end', () =>
    given(booked, { type: 'AppointmentCancelled', data: { reason: 'ill', releases: [] } })
      .when(answer())
      .then({ type: 'AppointmentGoodsReserved', data: { ...tea, ended: true } }));
  it('loses goods whose reservation ended', () =>
    given(booked, reserved())
      .when({
        type: 'LoseAppointmentGoods',
        data: { appointmentId: 'a', reservationId: tea.reservationId, reason: 'expired' },
      })
      .then({ type: 'AppointmentGoodsLost', data: { ...tea, reason: 'expired' } }));

  const later = { at: '2026-01-03T10:00:00.000Z', until: '2026-01-03T11:00:00.000Z' };
  const move = (to: object): AppointmentCommand => ({
    type: 'RescheduleAppointment',
    data: { appointmentId: 'a', ...times, ...to },
  });
  it('extends reservations and requests missing goods again when it is rescheduled', () =>
    given(booked, reserved(), missing, incomplete)
      .when(move(later))
      .then({
        type: 'AppointmentRescheduled',
        data: { ...later, holdUntil: '2026-01-03T11:30:00.000Z', asks: [ask(3, 'POT', 1)], reservations: [tea] },
      }));
  it('is not rescheduled to the same time', () => given(booked).when(move({})).thenNothing());

  it('releases its goods when it is cancelled', () =>
    given(booked, reserved())
      .when({ type: 'CancelAppointment', data: { appointmentId: 'a', reason: 'ill' } })
      .then(cancelled));
  it('is cancelled once', () =>
    given(booked, cancelled)
      .when({ type: 'CancelAppointment', data: { appointmentId: 'a', reason: 'ill' } })
      .thenNothing());
  it('is completed, with the order that was placed', () =>
    given(booked, reserved())
      .when({ type: 'CompleteAppointment', data: { appointmentId: 'a', orderId: 'o' } })
      .then({ type: 'AppointmentCompleted', data: { orderId: 'o', releases: [tea] } }));
  it('cannot be completed after its end', () =>
    given(booked, cancelled)
      .when({ type: 'CompleteAppointment', data: { appointmentId: 'a' } })
      .thenFails('appointment-ended'));
  it('cannot be completed before it is booked', () =>
    given()
      .when({ type: 'CompleteAppointment', data: { appointmentId: 'a' } })
      .thenFails('appointment-not-found'));

  const miss: AppointmentCommand = { type: 'MissAppointment', data: { appointmentId: 'a' } };
  it('is missed 30 minutes after its end', () =>
    given(booked, reserved())
      .when(miss, { decidedAt: holdUntil })
      .then({ type: 'AppointmentMissed', data: { releases: [tea] } }));
  it('is not missed before that', () => given(booked, reserved()).when(miss, { decidedAt: times.until }).thenNothing());
  it('is missed later when it was rescheduled', () =>
    given(booked, {
      type: 'AppointmentRescheduled',
      data: { ...later, holdUntil: '2026-01-03T11:30:00.000Z', asks: [], reservations: [] },
    })
      .when(miss, { decidedAt: holdUntil })
      .thenNothing());
});
