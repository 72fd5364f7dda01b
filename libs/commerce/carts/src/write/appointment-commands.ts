import { contractsFor, routeTo, withReasonAndNote, type CommandContract, type Route, type Routes } from '#event-store';
import {
  CODE_OR_NOTE,
  ContactDto,
  FreeText,
  Id,
  Instant,
  LocationId,
  MAX_UNITS,
  Nested,
  NestedList,
  Optional,
  Sku,
  Whole,
} from '#fields';
import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type AppointmentCommand } from '../domain/appointment.js';
import { appointment } from '../domain/appointment.js';

class AppointmentDto {
  @Id() readonly appointmentId!: string;
}

class TimesDto extends AppointmentDto {
  @Instant() readonly at!: string;
  @Instant() readonly until!: string;
}

class AppointmentGoodsDto {
  @Sku() readonly sku!: string;
  @Whole(1, MAX_UNITS, 1) readonly quantity!: number;
}

class BookAppointmentDto extends TimesDto {
  @LocationId() readonly locationId!: string;
  /** Goods that are to be reserved for the appointment. */
  @NestedList(() => AppointmentGoodsDto, 0, 100) readonly lines!: AppointmentGoodsDto[];
  @Optional() @Id() readonly customerId?: string;
  @Optional() @Nested(() => ContactDto) readonly contact?: ContactDto;
}

class CancelAppointmentDto extends AppointmentDto {
  @FreeText(500, 'Changed my mind', CODE_OR_NOTE) readonly reason!: string;
}

class CompleteAppointmentDto extends AppointmentDto {
  /** The order that the customer placed. */
  @Optional() @Id() readonly orderId?: string;
}

/** A customer is a subject; the subject of a guest follows from the id of the appointment, so that a repeat has the same. */
const subject = ({ appointmentId, customerId, contact }: BookAppointmentDto) =>
  customerId ?? (contact ? uuidv5(KONTOR_NAMESPACE, `guest/appointment/${appointmentId}`) : undefined);

const scope = 'carts:write';
const contracts = contractsFor(appointment, 'appointmentId');
const ofAppointment: typeof contracts = (typed) => contracts({ ...typed, anyChannelScope: 'carts:any-channel' });

/** Converts instants to UTC, so that they can be compared as text. */
const inUtc = (typed: CommandContract): CommandContract => ({
  ...typed,
  message: (body, cause) => typed.message(utc(body), cause),
});

const utc = (body: object) =>
  Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      INSTANT_FIELDS.has(name) ? new Date(String(value)).toISOString() : value,
    ]),
  );

const INSTANT_FIELDS = new Set(['at', 'until']);

export const appointmentCommands: readonly CommandContract[] = [
  inUtc(
    ofAppointment({
      name: 'BookAppointment',
      summary: 'Books an appointment at a store and reserves the chosen goods there until it is over.',
      dto: BookAppointmentDto,
      scope,
      subject,
    }),
  ),
  inUtc(
    ofAppointment({
      name: 'RescheduleAppointment',
      summary: 'Reschedules an appointment, extends its reservations and requests missing goods again.',
      dto: TimesDto,
      scope,
    }),
  ),
  withReasonAndNote(
    ofAppointment({
      name: 'CancelAppointment',
      summary: 'Cancels an appointment and releases its goods.',
      dto: CancelAppointmentDto,
      scope,
    }),
  ),
  ofAppointment({
    name: 'CompleteAppointment',
    summary: 'Records that the appointment took place, with its order, and releases its goods.',
    dto: CompleteAppointmentDto,
    scope,
  }),
];

const toAppointment: Route<AppointmentCommand> = routeTo(appointment, ({ appointmentId }) => appointmentId);

/** What processes and timers may send. */
export const appointmentRoutes = {
  MissAppointment: toAppointment,
  RecordAppointmentGoods: toAppointment,
  LoseAppointmentGoods: toAppointment,
} satisfies Partial<Routes<AppointmentCommand>>;
