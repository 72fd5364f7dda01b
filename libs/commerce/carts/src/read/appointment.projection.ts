import { idOf } from '#event-store';
import { type FoldedProjection, readTable } from '#projections';
import { type AppointmentEvent, type AppointmentGoods } from '../domain/appointment.js';

/** An appointment at a store, without personal data. */
export interface AppointmentRow {
  readonly appointmentId: string;
  readonly locationId: string;
  readonly channel: string;
  readonly customerId: string | null;
  readonly state: 'booked' | 'confirmed' | 'incomplete' | 'cancelled' | 'completed' | 'missed';
  /** ISO 8601. */
  readonly at: string;
  readonly until: string;
  /** Until when its goods are reserved, ISO 8601; null once it is over. */
  readonly holdUntil: string | null;
  readonly goods: readonly AppointmentGoods[];
  readonly missing: readonly AppointmentGoods[];
  /** The order that was placed at the appointment. */
  readonly orderId: string | null;
}

const text = { type: 'text' } as const;
const nullableText = { type: 'text', nullable: true } as const;
const time = { type: 'timestamptz' } as const;

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
  table: readTable<AppointmentRow>(
    'appointment',
    {
      appointmentId: { type: 'text', primary: true },
      locationId: text,
      channel: text,
      customerId: nullableText,
      state: text,
      at: time,
      until: time,
      holdUntil: { type: 'timestamptz', nullable: true },
      goods: { type: 'jsonb' },
      missing: { type: 'jsonb' },
      orderId: nullableText,
    },
    [{ columns: ['holdUntil'], where: 'hold_until IS NOT NULL' }, { columns: ['locationId', 'at'] }],
  ),
  keysOf: ({ stream }) => [{ appointmentId: idOf(stream) }],
  creates: ({ event }) => event.type === 'AppointmentBooked',
  project: (row, { event, envelope }, { appointmentId }) => {
    if (event.type === 'AppointmentBooked') return bookedAppointment(appointmentId, envelope.channel, event.data);
    if (!row) throw new Error(`${event.type} of an appointment that was never booked`);
    return evolveAppointment(row, event);
  },
};
