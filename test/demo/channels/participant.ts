import { type Kontor } from '../../support/kontor.js';
import { type Channels } from '../../support/channels.js';

export interface Market {
  readonly kontor: Kontor;
  readonly channels: Channels;
  /** Of goods that all sell. */
  readonly skus: readonly string[];
}

/** The other side of one channel, as the demo runs it. */
export interface Participant {
  readonly name: string;
  /** The channel of Kontor whose promises it believes. */
  readonly channel: string;
  /** Starts its simulator. @returns its line of the file of channels */
  open(): Promise<object>;
  /** Buys and sells until `signal` aborts. Never rejects. */
  trade(market: Market, signal: AbortSignal): Promise<void>;
  /** After the trade: brings its view up to date, where it has to ask for it. */
  catchUp?(market: Market): Promise<void>;
  /** Grows with what it is told. */
  heard(): number;
  /** What it has done so far, in a few words. */
  line(): string;
  /** What it believes that it can sell; undefined for a SKU that it does not know. */
  stockOf(sku: string): number | undefined;
  /** What went wrong: signatures, order, statuses. */
  complaints(): readonly string[];
  close(): Promise<void>;
}
