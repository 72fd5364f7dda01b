import { idOf, type Recorded } from '#event-store';
import { parseStockStream, type StockEvent, type TransferEvent, type TransferLine } from '#stock';
import { Checker, getOrCreate, isReactionDue, type LogReference } from './checker.js';
import { invariants } from './invariants.js';

interface TransferQuantities {
  requested: number;
  shipped: number;
  received: number;
  missing: number;
  /** Units issued from stock at the source. */
  issued: number;
  /** Units received into stock at the destination. */
  arrived: number;
}

interface TransferTotals {
  readonly from: string;
  readonly to: string;
  /** By SKU. */
  readonly lines: Map<string, TransferQuantities>;
  lastEvent: LogReference & Pick<Recorded, 'recordedAt'>;
}

const REFERENCE_PREFIX = 'transfer:';

const noUnits = (): TransferQuantities => ({
  requested: 0,
  shipped: 0,
  received: 0,
  missing: 0,
  issued: 0,
  arrived: 0,
});

const inTransit = ({ shipped, received, missing }: TransferQuantities) => shipped - received - missing;

export class TransfersAddUp extends Checker {
  override readonly invariant = invariants.transfersAddUp;
  private readonly transfers = new Map<string, TransferTotals>();

  override check(recorded: Recorded): void {
    if (recorded.stream.startsWith('stock-')) this.checkStockEvent(recorded, recorded.event as StockEvent);
    else this.checkTransferEvent(recorded, recorded.event as TransferEvent);
  }

  override finish(now: number): void {
    for (const { from, to, lines, lastEvent } of this.transfers.values()) {
      if (!isReactionDue(lastEvent.recordedAt, now)) continue;
      for (const [sku, { shipped, issued, received, arrived }] of lines) {
        if (issued < shipped) {
          this.report(lastEvent, `${shipped} × ${sku} were shipped, but ${issued} were issued from stock at ${from}`);
        }
        if (arrived < received) {
          this.report(lastEvent, `${received} × ${sku} were received, but ${arrived} were put into stock at ${to}`);
        }
      }
    }
  }

  private checkTransferEvent(recorded: Recorded, { type, data }: TransferEvent): void {
    const transferId = idOf(recorded.stream);
    if (type === 'TransferRequested') {
      const lines = new Map(data.lines.map(({ sku, quantity }) => [sku, { ...noUnits(), requested: quantity }]));
      this.transfers.set(transferId, { from: data.from, to: data.to, lines, lastEvent: recorded });
    }
    this.checked++;
    const transfer = this.transfers.get(transferId);
    if (!transfer) {
      this.report(recorded, `The transfer was never requested, but there is a ${type}`);
      return;
    }
    transfer.lastEvent = recorded;
    if (type === 'TransferShipped') this.addUnits(transfer, data.lines, 'shipped');
    if (type === 'TransferReceived') this.addUnits(transfer, data.lines, 'received');
    if (type === 'TransferClosed') this.closeTransfer(transfer, data.missing);
  }

  private addUnits(
    transfer: TransferTotals,
    lines: readonly TransferLine[],
    quantityName: 'shipped' | 'received' | 'missing',
  ) {
    for (const { sku, quantity } of lines) {
      const quantities = getOrCreate(transfer.lines, sku, noUnits);
      quantities[quantityName] += quantity;
      const { requested, shipped } = quantities;
      if (shipped > requested) {
        this.report(transfer.lastEvent, `${shipped} × ${sku} were shipped, but ${requested} were requested`);
      }
      if (inTransit(quantities) < 0) {
        this.report(transfer.lastEvent, `${inTransit(quantities)} × ${sku} are in transit`);
      }
    }
  }

  private closeTransfer(transfer: TransferTotals, missing: readonly TransferLine[]) {
    this.addUnits(transfer, missing, 'missing');
    for (const [sku, quantities] of transfer.lines) {
      if (inTransit(quantities) <= 0) continue;
      this.report(
        transfer.lastEvent,
        `The transfer is closed, but ${inTransit(quantities)} × ${sku} are still in transit`,
      );
    }
  }

  private checkStockEvent(recorded: Recorded, event: StockEvent): void {
    if (event.type !== 'StockReceived' && event.type !== 'StockIssued') return;
    const transfer = this.transfers.get(transferIdOf(event) ?? '');
    if (!transfer) return; // goods that moved for another reason
    this.checked++;
    const { sku, locationId } = parseStockStream(recorded.stream);
    const [transferLocation, quantityName, limitName] =
      event.type === 'StockIssued'
        ? ([transfer.from, 'issued', 'shipped'] as const)
        : ([transfer.to, 'arrived', 'received'] as const);
    if (locationId !== transferLocation) {
      this.report(recorded, `The transfer concerns location ${transferLocation}, not ${locationId}`);
      return;
    }
    const quantities = getOrCreate(transfer.lines, sku, noUnits);
    quantities[quantityName] += event.data.quantity;
    const { [quantityName]: moved, [limitName]: limit } = quantities;
    if (moved > limit) {
      this.report(
        recorded,
        `Stock booked ${moved} × ${sku} as ${quantityName}, but the transfer ${limitName} ${limit}`,
      );
    }
  }
}

/** The transfer for which goods moved; undefined if they moved for another reason. */
const transferIdOf = ({ type, data }: Extract<StockEvent, { type: 'StockReceived' | 'StockIssued' }>) => {
  const hasOtherCause = type === 'StockIssued' && data.cause !== 'transfer';
  return hasOtherCause || !data.ref.startsWith(REFERENCE_PREFIX) ? undefined : data.ref.slice(REFERENCE_PREFIX.length);
};
