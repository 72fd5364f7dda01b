/**
 * Goods that move from one location to another: held where they are, booked out when they leave, announced where they go,
 * booked in when they arrive. A transfer of which something cannot be held is cancelled.
 */
import { type Intent, type Process, type Reaction } from '#kernel';
import { type StockEvent, type TransferEvent, type TransferLine } from '#stock';
import { type CommandRefused } from './command-refused.js';

type AnyEvent = TransferEvent | StockEvent | CommandRefused;
type Data<Type extends TransferEvent['type']> = Extract<TransferEvent, { type: Type }>['data'];

interface Line extends TransferLine {
  readonly reservationId: string;
  /** Whether it can be held is not known yet. */
  readonly asked: boolean;
  readonly held: boolean;
  readonly inTransit: number;
  /** Units of the last shipment. */
  readonly leaving: number;
}

interface Transfer {
  readonly transferId: string;
  readonly from: string;
  readonly to: string;
  readonly lines: readonly Line[];
  readonly cancelled?: true;
}

const stays = (state: Transfer | undefined): Reaction<Transfer> => ({ state, intents: [] });

/** The document that movements of stock name. */
const refOf = ({ transferId }: Transfer) => `transfer:${transferId}`;

const unitsOf = (lines: readonly TransferLine[]) => new Map(lines.map(({ sku, quantity }) => [sku, quantity]));

const begin = (transferId: string, { from, to, lines }: Data<'TransferRequested'>): Reaction<Transfer> => {
  const asked = lines.map((line, index) => ({
    ...{ ...line, reservationId: `${transferId}:${index + 1}`, asked: true, held: false, inTransit: 0, leaving: 0 },
  }));
  const terms = { locationId: from, keep: 0, kind: 'hard', owner: { type: 'transfer', id: transferId } };
  const intents = asked.map(({ sku, quantity, reservationId }) => ({
    type: 'ReserveStock',
    data: { ...terms, sku, quantity, reservationId },
  }));
  return { state: { transferId, from, to, lines: asked }, intents };
};

const release = ({ from }: Transfer, { sku, reservationId }: Line): Intent => ({
  type: 'ReleaseReservation',
  data: { sku, locationId: from, reservationId, reason: 'transfer-ended' },
});

const answered = (before: Transfer, reservationId: unknown, held: boolean): Transfer => ({
  ...before,
  lines: before.lines.map((line) => (line.reservationId === reservationId ? { ...line, asked: false, held } : line)),
});

/** A cancelled transfer is over when every line has been answered. */
const unlessOver = (state: Transfer): Transfer | undefined =>
  state.cancelled && state.lines.every(({ asked }) => !asked) ? undefined : state;

const granted = (before: Transfer, reservationId: string): Reaction<Transfer> => {
  const state = answered(before, reservationId, true);
  if (state.cancelled) {
    const late = state.lines.filter((line) => line.reservationId === reservationId);
    return { state: unlessOver(state), intents: late.map((line) => release(state, line)) };
  }
  const all = state.lines.every(({ held }) => held);
  return { state, intents: all ? [{ type: 'ConfirmTransfer', data: { transferId: state.transferId } }] : [] };
};

const declined = (before: Transfer, reservationId: unknown): Reaction<Transfer> => {
  const state = answered(before, reservationId, false);
  const { transferId, cancelled } = state;
  if (cancelled) return stays(unlessOver(state));
  return { state, intents: [{ type: 'CancelTransfer', data: { transferId, reason: 'insufficient-stock' } }] };
};

const cancelled = (state: Transfer): Reaction<Transfer> => ({
  state: unlessOver({ ...state, cancelled: true }),
  intents: state.lines.filter(({ held }) => held).map((line) => release(state, line)),
});

/** Booked out of what was held; announced is all that is in transit now. */
const shipped = (before: Transfer, { lines, eta }: Data<'TransferShipped'>): Reaction<Transfer> => {
  const units = unitsOf(lines);
  const ref = refOf(before);
  const next = before.lines.map((line) => {
    const leaving = units.get(line.sku) ?? 0;
    return { ...line, leaving, inTransit: line.inTransit + leaving };
  });
  const gone = next.filter(({ leaving }) => leaving > 0);
  const out = gone.map(({ sku, reservationId, leaving: quantity }) => ({
    type: 'ConsumeReservation',
    data: { sku, locationId: before.from, reservationId, quantity, ref },
  }));
  const announced = gone.map(({ sku, inTransit: quantity }) => ({
    type: 'AnnounceIncomingStock',
    data: { sku, locationId: before.to, ref, quantity, eta },
  }));
  return { state: { ...before, lines: next }, intents: [...out, ...announced] };
};

const received = (state: Transfer, { lines }: Data<'TransferReceived'>): Reaction<Transfer> => {
  const units = unitsOf(lines);
  const ref = refOf(state);
  const next = state.lines.map((line) => ({ ...line, inTransit: line.inTransit - (units.get(line.sku) ?? 0) }));
  const intents = lines.map(({ sku, quantity }) => ({
    type: 'ReceiveStock',
    data: { sku, locationId: state.to, quantity, ref, incomingRef: ref, incomingRest: true },
  }));
  return { state: { ...state, lines: next }, intents };
};

/** What never left is given back; what never arrived is no longer expected. */
const closed = (state: Transfer, { missing, unshipped }: Data<'TransferClosed'>): Reaction<Transfer> => {
  const stayed = unitsOf(unshipped);
  const back = state.lines.filter(({ sku }) => stayed.has(sku)).map((line) => release(state, line));
  const off = missing.map(({ sku }) => ({
    type: 'ChangeIncomingStock',
    data: { sku, locationId: state.to, ref: refOf(state), quantity: 0, eta: NEVER },
  }));
  return { state: undefined, intents: [...back, ...off] };
};

const NEVER = '9999-12-31T00:00:00.000Z';

const FACTS = new Set(['RecordStockIssue', 'ReceiveStock', 'AnnounceIncomingStock']);

/**
 * What stock does not hold any more has left all the same.
 * @throws Error when a fact is refused: the instance waits for a person
 */
const refused = (state: Transfer, { command, code, reservationId }: CommandRefused['data']): Reaction<Transfer> => {
  if (command === 'ReserveStock') return declined(state, reservationId);
  if (FACTS.has(command)) throw new Error(`${command} was refused: ${code}`);
  const line = state.lines.find((one) => one.reservationId === reservationId);
  if (command !== 'ConsumeReservation' || !line) return stays(state);
  const { sku, leaving: quantity } = line;
  const data = { sku, locationId: state.from, quantity, cause: 'transfer', ref: refOf(state) };
  return { state, intents: [{ type: 'RecordStockIssue', data }] };
};

const goOn = (state: Transfer, event: AnyEvent): Reaction<Transfer> => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- a process waits for few of many events
  switch (event.type) {
    case 'StockReserved':
      return granted(state, event.data.reservationId);
    case 'StockReservationDeclined':
      return declined(state, event.data.reservationId);
    case 'TransferCancelled':
      return cancelled(state);
    case 'TransferShipped':
      return shipped(state, event.data);
    case 'TransferReceived':
      return received(state, event.data);
    case 'TransferClosed':
      return closed(state, event.data);
    case 'CommandRefused':
      return refused(state, event.data);
    default:
      return stays(state);
  }
};

export const transferProcess: Process<Transfer, AnyEvent> = {
  name: 'transfer',
  categories: ['transfer', 'stock'],
  instanceOf: ({ stream, event }) => {
    if (stream.startsWith('transfer-')) return stream.slice('transfer-'.length);
    return 'owner' in event.data && event.data.owner.type === 'transfer' ? event.data.owner.id : undefined;
  },
  react: (state, { event, stream }) => {
    if (event.type === 'TransferRequested') return begin(stream.slice('transfer-'.length), event.data);
    return state ? goOn(state, event) : stays(undefined);
  },
};
