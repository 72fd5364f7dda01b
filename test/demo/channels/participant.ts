import { type Channels } from '../../support/channels.js';
import { type Kontor } from '../../support/kontor.js';

export interface Market {
  readonly kontor: Kontor;
  readonly channels: Channels;
  /** The SKUs that all participants sell. */
  readonly skus: readonly string[];
}

/** The partner of one channel, with its simulator. */
export interface Participant {
  readonly name: string;
  /** Id of the channel whose availability it reads. */
  readonly channel: string;
  /** Starts its simulator. @returns its entry of the channels file */
  open(): Promise<object>;
  /** Buys and sells until `signal` aborts. Never rejects. */
  trade(market: Market, signal: AbortSignal): Promise<void>;
  /** Brings its view of the stock up to date after the trade, where it has to ask for that. */
  catchUp?(market: Market): Promise<void>;
  /** The number of messages that it has received or sent, which grows as it trades. */
  messageCount(): number;
  /** What it has done so far, in a few words. */
  summary(): string;
  /** The units of a SKU that it can sell, as far as it knows; undefined where it does not know the SKU. */
  stockOf(sku: string): number | undefined;
  /** What must not happen and did: wrong signatures, wrong order, wrong statuses. */
  violations(): readonly string[];
  close(): Promise<void>;
}
