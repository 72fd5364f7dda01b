import { idOf } from '#event-store';
import { column, type FoldedProjection, nullable, primary, readTable, type RowOf } from '#projections';
import { integer, listOf, object, text } from '#schema';
import { type AppointmentEvent } from '../domain/appointment.js';

const goods = listOf(object({ sku: text, quantity: integer }));

export const appointmentColumns = {
  appointmentId: primary(column.text('Id of the appointment')),
  locationId: column.text('The store'),
  channel: column.text('The channel that booked it'),
  customerId: nullable(column.text('A registered customer')),
  state: column.oneOf(['booked', 'confirmed', 'incomplete', 'cancelled', 'completed', 'missed']),
  at: column.instant('When it begins'),
  until: column.instant('When it ends'),
  holdUntil: nullable(column.instant('Until when its goods are reserved; null once it is over')),
  goods: column.json(goods, 'Goods that are to be there'),
  missing: column.json(goods, 'Goods that could not be reserved'),
  orderId: nullable(column.text('The order that was placed at the appointment')),
};

/** An appointment at a store, without personal data. */
export type AppointmentRow = RowOf<typeof appointmentColumns>;

const evolveAppointment = (
  row: AppointmentRow,
  { type, data }: Exclude<AppointmentEvent, { type: 'AppointmentBooked' }>,
): AppointmentRow => {
  switch (type) {
    case 'AppointmentConfirmed':
      return { ...row, state: 'confirmed', missing: [] };
    case 'AppointmentIncomplete':
      return { ...row, state: 'incomplete', missing: data.missing };
    case 'AppointmentGoodsLost':
      return { ...row, state: 'incomplete', missing: [...row.missing, { sku: data.sku, quantity: data.quantity }] };
    case 'AppointmentRescheduled':
      return { ...row, at: data.at, until: data.until, holdUntil: data.holdUntil };
    case 'AppointmentCancelled':
      return { ...row, state: 'cancelled', holdUntil: null };
    case 'AppointmentCompleted':
      return { ...row, state: 'completed', holdUntil: null, orderId: data.orderId ?? null };
    case 'AppointmentMissed':
      return { ...row, state: 'missed', holdUntil: null };
    case 'AppointmentGoodsReserved':
    case 'AppointmentGoodsMissing':
      return row;
  }
};

const bookedAppointment = (
  appointmentId: string,
  channel: string,
  booking: Extract<AppointmentEvent, { type: 'AppointmentBooked' }>['data'],
): AppointmentRow => ({
  appointmentId,
  locationId: booking.locationId,
  channel,
  customerId: booking.customerId ?? null,
  state: 'booked',
  at: booking.at,
  until: booking.until,
  holdUntil: booking.holdUntil,
  goods: booking.goods,
  missing: [],
  orderId: null,
});

export const appointments: FoldedProjection<AppointmentRow, 'appointmentId', AppointmentEvent> = {
  name: 'appointment',
  version: 1,
  categories: ['appointment'],
  table: readTable('appointment', appointmentColumns, [
    { columns: ['holdUntil'], where: 'hold_until IS NOT NULL' },
    { columns: ['locationId', 'at'] },
  ]),
  allRowsReason: 'A location sees its visits, whichever channel booked them.',
  keysOf: ({ stream }) => [{ appointmentId: idOf(stream) }],
  creates: ({ event }) => event.type === 'AppointmentBooked',
  project: (row, { event, envelope }, { appointmentId }) => {
    if (event.type === 'AppointmentBooked') return bookedAppointment(appointmentId, envelope.channel, event.data);
    if (!row) throw new Error(`${event.type} of an appointment that was never booked`);
    return evolveAppointment(row, event);
  },
};
