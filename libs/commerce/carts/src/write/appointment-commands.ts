import { contractsFor, routeTo, type CommandContract, type Route, type Routes } from '#event-store';
import {
  ContactDto,
  FreeText,
  Id,
  Instant,
  LocationId,
  MOST_UNITS,
  Nested,
  NestedList,
  Optional,
  Sku,
  Whole,
} from '#fields';
import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type AppointmentCommand } from '../domain/appointment-messages.js';
import { appointment } from '../domain/appointment.js';

class AppointmentDto {
  @Id() readonly appointmentId!: string;
}

class TimesDto extends AppointmentDto {
  @Instant() readonly at!: string;
  @Instant() readonly until!: string;
}

class ChosenDto {
  @Sku() readonly sku!: string;
  @Whole(1, MOST_UNITS, 1) readonly quantity!: number;
}

class BookAppointmentDto extends TimesDto {
  @LocationId() readonly locationId!: string;
  /** What is to be there. */
  @NestedList(() => ChosenDto, 0, 100) readonly lines!: ChosenDto[];
  @Optional() @Id() readonly customerId?: string;
  @Optional() @Nested(() => ContactDto) readonly contact?: ContactDto;
}

class CancelAppointmentDto extends AppointmentDto {
  @FreeText(500, 'Changed my mind') readonly reason!: string;
}

class CompleteAppointmentDto extends AppointmentDto {
  /** What was bought. */
  @Optional() @Id() readonly orderId?: string;
}

/** A customer is their own subject; a guest's is made from the appointment's id, so a repeat gets the same. */
const subject = ({ appointmentId, customerId, contact }: BookAppointmentDto) =>
  customerId ?? (contact ? uuidv5(KONTOR_NAMESPACE, `guest/appointment/${appointmentId}`) : undefined);

const scope = 'carts:write';
const ofAppointment = contractsFor(appointment, 'appointmentId');

/** Instants in UTC, so that they can be compared as text. */
const inUtc = (typed: CommandContract): CommandContract => ({
  ...typed,
  message: (body, cause) => typed.message(utc(body), cause),
});

const utc = (body: object) =>
  Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      TIMES.has(name) ? new Date(String(value)).toISOString() : value,
    ]),
  );

const TIMES = new Set(['at', 'until']);

export const appointmentCommands: readonly CommandContract[] = [
  inUtc(
    ofAppointment({
      name: 'BookAppointment',
      summary: 'Books a visit to a store and holds the chosen goods there until it is over.',
      dto: BookAppointmentDto,
      scope,
      subject,
    }),
  ),
  inUtc(
    ofAppointment({
      name: 'RescheduleAppointment',
      summary: 'Moves a visit, holds the goods for longer and asks again for what was missing.',
      dto: TimesDto,
      scope,
    }),
  ),
  ofAppointment({
    name: 'CancelAppointment',
    summary: 'Cancels a visit and gives its goods back.',
    dto: CancelAppointmentDto,
    scope,
  }),
  ofAppointment({
    name: 'CompleteAppointment',
    summary: 'Says that the visit took place, and what was ordered in it; its goods are no longer held.',
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
