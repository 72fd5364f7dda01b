import { idOf } from '#event-store';
import { type FoldedProjection, readTable } from '#projections';
import { type AppointmentEvent, type Goods } from '../domain/appointment-messages.js';

/** A visit to a store, without personal data. */
export interface AppointmentRow {
  readonly appointmentId: string;
  readonly locationId: string;
  readonly channel: string;
  readonly customerId: string | null;
  readonly state: 'booked' | 'confirmed' | 'incomplete' | 'cancelled' | 'completed' | 'missed';
  /** ISO 8601. */
  readonly at: string;
  readonly until: string;
  /** Until when its goods are held while it is open, ISO 8601. */
  readonly holdUntil: string | null;
  readonly goods: readonly Goods[];
  readonly missing: readonly Goods[];
  /** What was bought. */
  readonly orderId: string | null;
}

const text = { type: 'text' } as const;
const maybe = { type: 'text', nullable: true } as const;
const time = { type: 'timestamptz' } as const;

const next = (row: AppointmentRow, { type, data }: AppointmentEvent): AppointmentRow => {
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
    case 'AppointmentBooked':
    case 'AppointmentGoodsReserved':
    case 'AppointmentGoodsMissing':
      return row;
  }
};

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
      customerId: maybe,
      state: text,
      at: time,
      until: time,
      holdUntil: { type: 'timestamptz', nullable: true },
      goods: { type: 'jsonb' },
      missing: { type: 'jsonb' },
      orderId: maybe,
    },
    [{ columns: ['holdUntil'], where: 'hold_until IS NOT NULL' }, { columns: ['locationId', 'at'] }],
  ),
  keysOf: ({ stream }) => [{ appointmentId: idOf(stream) }],
  creates: ({ event }) => event.type === 'AppointmentBooked',
  project: (row, { event, envelope }, { appointmentId }) => {
    if (event.type !== 'AppointmentBooked') return row && next(row, event);
    const { locationId, at, until, holdUntil, goods, customerId = null } = event.data;
    const { channel } = envelope;
    const more = { appointmentId, channel, customerId, state: 'booked' as const, missing: [], orderId: null };
    return { ...more, locationId, at, until, holdUntil, goods };
  },
};
