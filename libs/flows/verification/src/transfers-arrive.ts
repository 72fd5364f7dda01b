import { idOf, type Recorded } from '#event-store';
import { parseStockStream, type StockEvent, type TransferEvent, type TransferLine } from '#stock';
import { Checker, grown, type Place } from './checker.js';

interface Line {
  requested: number;
  shipped: number;
  received: number;
  missing: number;
  /** Units that left the place it comes from, and that came to the place it goes to, as stock has it. */
  issued: number;
  arrived: number;
}

interface Transfer {
  readonly from: string;
  readonly to: string;
  /** By SKU. */
  readonly lines: Map<string, Line>;
  last: Place & Pick<Recorded, 'recordedAt'>;
}

/** How long stock may be behind the transfer. */
const PATIENCE_MS = 60_000;
const PREFIX = 'transfer:';

const newLine = (): Line => ({ requested: 0, shipped: 0, received: 0, missing: 0, issued: 0, arrived: 0 });

const inTransit = ({ shipped, received, missing }: Line) => shipped - received - missing;

export class TransfersArrive extends Checker {
  override readonly invariant = 'I4';
  override readonly title =
    'goods of a transfer leave one place, are in transit, and arrive at the other or are missing; none come from nowhere';
  override readonly categories = ['transfer', 'stock'];
  private readonly transfers = new Map<string, Transfer>();

  override see(recorded: Recorded): void {
    if (recorded.stream.startsWith('stock-')) this.seeStock(recorded, recorded.event as StockEvent);
    else this.seeTransfer(recorded, recorded.event as TransferEvent);
  }

  override end(now: number): void {
    for (const { from, to, lines, last } of this.transfers.values()) {
      if (last.recordedAt > now - PATIENCE_MS) continue;
      for (const [sku, { shipped, issued, received, arrived }] of lines) {
        if (issued < shipped) this.fail(last, `${shipped} × ${sku} were shipped, but ${issued} have left ${from}`);
        if (arrived < received) this.fail(last, `${received} × ${sku} were received, but ${arrived} came to ${to}`);
      }
    }
  }

  private seeTransfer(recorded: Recorded, { type, data }: TransferEvent): void {
    const id = idOf(recorded.stream);
    if (type === 'TransferRequested') {
      const lines = new Map(data.lines.map(({ sku, quantity }) => [sku, { ...newLine(), requested: quantity }]));
      this.transfers.set(id, { from: data.from, to: data.to, lines, last: recorded });
    }
    const transfer = this.transfers.get(id);
    if (!transfer) return;
    transfer.last = recorded;
    this.checked++;
    if (type === 'TransferShipped') this.move(transfer, data.lines, 'shipped');
    if (type === 'TransferReceived') this.move(transfer, data.lines, 'received');
    if (type === 'TransferClosed') this.close(transfer, data.missing);
  }

  private move(transfer: Transfer, moved: readonly TransferLine[], how: 'shipped' | 'received' | 'missing') {
    for (const { sku, quantity } of moved) {
      const line = grown(transfer.lines, sku, newLine);
      line[how] += quantity;
      const { requested, shipped } = line;
      if (shipped > requested) this.fail(transfer.last, `${shipped} × ${sku} were shipped, but ${requested} asked for`);
      if (inTransit(line) < 0) this.fail(transfer.last, `${inTransit(line)} × ${sku} are in transit`);
    }
  }

  private close(transfer: Transfer, missing: readonly TransferLine[]) {
    this.move(transfer, missing, 'missing');
    for (const [sku, line] of transfer.lines) {
      if (inTransit(line) > 0) this.fail(transfer.last, `It is closed, but ${inTransit(line)} × ${sku} are in transit`);
    }
  }

  private seeStock(recorded: Recorded, event: StockEvent): void {
    if (event.type !== 'StockReceived' && event.type !== 'StockIssued') return;
    const transfer = this.transfers.get(transferOf(event) ?? '');
    if (!transfer) return;
    this.checked++;
    const { sku, locationId } = parseStockStream(recorded.stream);
    const [place, how, most] =
      event.type === 'StockIssued'
        ? ([transfer.from, 'issued', 'shipped'] as const)
        : ([transfer.to, 'arrived', 'received'] as const);
    if (locationId !== place) {
      this.fail(recorded, `The transfer is of ${place}, not of ${locationId}`);
      return;
    }
    const line = grown(transfer.lines, sku, newLine);
    line[how] += event.data.quantity;
    if (line[how] > line[most]) this.fail(recorded, `${line[how]} × ${sku} are ${how}, but ${line[most]} were ${most}`);
  }
}

/** The transfer that goods moved for; undefined when they moved for something else. */
const transferOf = ({ type, data }: Extract<StockEvent, { type: 'StockReceived' | 'StockIssued' }>) => {
  const isOther = type === 'StockIssued' && data.cause !== 'transfer';
  return isOther || !data.ref.startsWith(PREFIX) ? undefined : data.ref.slice(PREFIX.length);
};
