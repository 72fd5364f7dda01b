/**
 * Goods that move from one location to another.
 *
 *   1. TransferRequested → ReserveStock of every line at the source
 *   2. StockReserved of every line → ConfirmTransfer;   StockReservationDeclined → CancelTransfer
 *   3. TransferShipped   → ConsumeReservation at the source, AnnounceIncomingStock at the destination
 *   4. TransferReceived  → ReceiveStock at the destination
 *   5. TransferClosed    → ReleaseReservation of units that never left, ChangeIncomingStock of units that never arrived
 *
 *   TransferRequested ──▶ [reserving] ──▶ [confirmed, in transit] ──▶ TransferClosed
 *                              │
 *                              └─ TransferCancelled ──▶ [cancelled] ──▶ every line has been answered
 */
import { idOf } from '#event-store';
import { type Named } from '#kernel';
import {
  COMPLETE,
  eventsOf,
  remember,
  type CommandRefused,
  type InputOf,
  type Process,
  type Reaction,
} from '#process-manager';
import {
  stockItem,
  transfer,
  type ReservationOwner,
  type StockItemCommand,
  type TransferCommand,
  type TransferEvent,
  type TransferLine,
} from '#stock';
import { INVENTORY_CHANGES, RESERVATION_CHANGES, RESERVATION_ENDS } from '../event-groups.js';
import { parkOnRefusal } from '../refusals.js';
import { ownerOf, release, reserveHard, type ReleaseReservation, type ReserveStock } from '../reservations.js';

interface Transfer {
  readonly transferId: string;
  readonly from: string;
  readonly to: string;
  readonly lines: readonly Line[];
  readonly cancelled?: true;
}

interface Line extends TransferLine {
  readonly reservationId: string;
  /** Stock has not answered yet. */
  readonly asked: boolean;
  readonly held: boolean;
  readonly inTransit: number;
  /** Units of the last shipment. */
  readonly leaving: number;
}

const inputs = eventsOf([transfer, stockItem]).except(
  'TransferConfirmed',
  ...INVENTORY_CHANGES,
  ...RESERVATION_CHANGES,
  ...RESERVATION_ENDS,
);

type TransferProcessCommand =
  | ReserveStock
  | ReleaseReservation
  | StockItemCommand<
      'ConsumeReservation' | 'RecordStockIssue' | 'AnnounceIncomingStock' | 'ChangeIncomingStock' | 'ReceiveStock'
    >
  | Named<TransferCommand, 'ConfirmTransfer' | 'CancelTransfer'>;

export const transferProcess: Process<Transfer, InputOf<typeof inputs>, TransferProcessCommand> = {
  name: 'transfer',
  inputs,
  instanceOf: ({ stream, event: { data } }) => ('owner' in data ? ownerOf('transfer', data) : idOf(stream)),
  react: (state, { event }, transferId) => {
    if (event.type === 'TransferRequested') return reserveAll(transferId, event.data);
    if (!state) return COMPLETE;
    switch (event.type) {
      case 'StockReserved':
        return granted(state, event.data.reservationId);
      case 'StockReservationDeclined':
        return declined(state, event.data.reservationId);
      case 'TransferCancelled':
        return cancel(state);
      case 'TransferShipped':
        return ship(state, event.data);
      case 'TransferReceived':
        return receive(state, event.data);
      case 'TransferClosed':
        return close(state, event.data);
      case 'CommandRefused':
        return refused(state, event.data);
    }
  },
};

type Outcome = Reaction<Transfer, TransferProcessCommand>;
type Data<Type extends TransferEvent['type']> = Named<TransferEvent, Type>['data'];

const reserveAll = (transferId: string, { from, to, lines }: Data<'TransferRequested'>): Outcome => {
  const asked = lines.map(({ sku, quantity }, index) => {
    const reservationId = `${transferId}:${index + 1}`;
    return { sku, quantity, reservationId, asked: true, held: false, inTransit: 0, leaving: 0 };
  });
  const owner: ReservationOwner = { type: 'transfer', id: transferId };
  return {
    state: { transferId, from, to, lines: asked },
    commands: asked.map((line) => reserveHard(owner, { ...line, locationId: from })),
  };
};

const granted = (before: Transfer, reservationId: string): Outcome => {
  const state = withAnswer(before, reservationId, true);
  if (state.cancelled) {
    const late = state.lines.filter((line) => line.reservationId === reservationId);
    return { state: unlessEnded(state), commands: late.map((line) => releaseLine(state, line)) };
  }
  const isComplete = state.lines.every(({ held }) => held);
  return {
    state,
    commands: isComplete ? [{ type: 'ConfirmTransfer', data: { transferId: state.transferId } }] : [],
  };
};

const declined = (before: Transfer, reservationId: string): Outcome => {
  const state = withAnswer(before, reservationId, false);
  const { transferId, cancelled } = state;
  if (cancelled) return { state: unlessEnded(state), commands: [] };
  return { state, commands: [{ type: 'CancelTransfer', data: { transferId, reason: 'insufficient-stock' } }] };
};

const withAnswer = (state: Transfer, reservationId: string, held: boolean): Transfer => ({
  ...state,
  lines: state.lines.map((line) => (line.reservationId === reservationId ? { ...line, asked: false, held } : line)),
});

/** A cancelled transfer has ended once every line has been answered. */
const unlessEnded = (state: Transfer): Transfer | undefined =>
  state.cancelled && state.lines.every(({ asked }) => !asked) ? undefined : state;

const cancel = (state: Transfer): Outcome => ({
  state: unlessEnded({ ...state, cancelled: true }),
  commands: state.lines.filter(({ held }) => held).map((line) => releaseLine(state, line)),
});

const releaseLine = ({ from }: Transfer, { sku, reservationId }: Line) =>
  release({ sku, reservationId, locationId: from }, 'transfer-ended');

/** The reference in movements of stock. */
const refOf = ({ transferId }: Transfer) => `transfer:${transferId}`;

const unitsOf = (lines: readonly TransferLine[]) => new Map(lines.map(({ sku, quantity }) => [sku, quantity]));

/** Announces all units in transit, including those of earlier shipments. */
const ship = (before: Transfer, { lines, eta }: Data<'TransferShipped'>): Outcome => {
  const units = unitsOf(lines);
  const ref = refOf(before);
  const shipped = before.lines.map((line) => {
    const leaving = units.get(line.sku) ?? 0;
    return { ...line, leaving, inTransit: line.inTransit + leaving };
  });
  const gone = shipped.filter(({ leaving }) => leaving > 0);
  const out = gone.map(({ sku, reservationId, leaving: quantity }): TransferProcessCommand => ({
    type: 'ConsumeReservation',
    data: { sku, locationId: before.from, reservationId, quantity, ref },
  }));
  const announced = gone.map(({ sku, inTransit: quantity }): TransferProcessCommand => ({
    type: 'AnnounceIncomingStock',
    data: { sku, locationId: before.to, ref, quantity, eta },
  }));
  return { state: { ...before, lines: shipped }, commands: [...out, ...announced] };
};

const receive = (state: Transfer, { lines }: Data<'TransferReceived'>): Outcome => {
  const units = unitsOf(lines);
  const ref = refOf(state);
  return {
    state: {
      ...state,
      lines: state.lines.map((line) => ({ ...line, inTransit: line.inTransit - (units.get(line.sku) ?? 0) })),
    },
    commands: lines.map(({ sku, quantity }): TransferProcessCommand => ({
      type: 'ReceiveStock',
      data: { sku, locationId: state.to, quantity, ref, incomingRef: ref, incomingRest: true },
    })),
  };
};

const close = (state: Transfer, { missing, unshipped }: Data<'TransferClosed'>): Outcome => {
  const stayed = unitsOf(unshipped);
  const released = state.lines.filter(({ sku }) => stayed.has(sku)).map((line) => releaseLine(state, line));
  const lost = missing.map(({ sku }): TransferProcessCommand => ({
    type: 'ChangeIncomingStock',
    data: { sku, locationId: state.to, ref: refOf(state), quantity: 0, eta: NEVER },
  }));
  return { state: undefined, commands: [...released, ...lost] };
};

const NEVER = '9999-12-31T00:00:00.000Z';

/** @throws Error if the movement of goods cannot be recorded: the instance is parked for a person */
const refused = (state: Transfer, refusal: CommandRefused<TransferProcessCommand>['data']): Outcome => {
  const { command } = refusal;
  switch (command.type) {
    case 'ReserveStock':
      return declined(state, command.data.reservationId);
    case 'ConsumeReservation':
      return { state, commands: issueUnreserved(state, command.data.reservationId) };
    case 'RecordStockIssue':
    case 'ReceiveStock':
    case 'AnnounceIncomingStock':
      return parkOnRefusal(refusal);
    case 'ReleaseReservation':
    case 'ChangeIncomingStock':
    case 'ConfirmTransfer':
    case 'CancelTransfer':
      return remember(state);
  }
};

/** Units whose reservation has ended have left all the same. */
const issueUnreserved = (state: Transfer, reservationId: string) =>
  state.lines
    .filter((line) => line.reservationId === reservationId)
    .map(({ sku, leaving: quantity }): TransferProcessCommand => ({
      type: 'RecordStockIssue',
      data: { sku, locationId: state.from, quantity, cause: 'transfer', ref: refOf(state) },
    }));
