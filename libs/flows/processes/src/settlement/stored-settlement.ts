/** Upcasts states that earlier versions stored under other names. */
import { type Settlement } from './settlement.process.js';
import { type Operation, type TenderLedger } from './tender-ledgers.js';

interface StoredSettlement extends Omit<Settlement, 'ledgers' | 'shippedValue' | 'unallocated'> {
  readonly unplaced?: Settlement['unallocated'];
  readonly left: number;
  readonly purses: readonly StoredLedger[];
}

interface StoredLedger extends Pick<TenderLedger, 'paymentId' | 'tenderId' | 'authorized'> {
  readonly begun?: true;
  readonly closed?: true;
  readonly steps: Readonly<Record<string, StoredOperation>>;
}

interface StoredOperation extends Pick<Operation, 'kind' | 'amount' | 'refundId'> {
  readonly state: 'asked' | 'done' | 'failed';
  readonly byHand?: true;
}

export const upcastSettlement = (stored: Settlement | StoredSettlement): Settlement => {
  if ('ledgers' in stored) return stored;
  const { purses, left: shippedValue, unplaced: unallocated = [], ...settlement } = stored;
  return { ...settlement, shippedValue, unallocated, ledgers: purses.map(ledgerOf) };
};

const ledgerOf = ({ begun, closed, steps, ...ledger }: StoredLedger): TenderLedger => ({
  ...ledger,
  status: closed ? 'closed' : begun ? 'initiated' : 'requested',
  operations: Object.fromEntries(Object.entries(steps).map(([id, step]) => [id, operationOf(step)])),
});

const operationOf = ({ state, byHand, ...operation }: StoredOperation): Operation => ({
  ...operation,
  status: state === 'asked' ? 'requested' : state,
  ...(byHand && { manual: byHand }),
});
