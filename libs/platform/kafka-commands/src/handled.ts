import { type Envelope, type Headers } from './envelope.js';

/** A record of the topic of commands, as it lies there. */
export interface CommandRecord {
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
}

/** What is told to whoever sent a command: what HTTP would answer, with the status that it would have. */
export interface CommandAnswer {
  readonly status: number;
  readonly [member: string]: unknown;
}

/** A record that was not carried out, and why. */
export interface Parking {
  readonly code: string;
  readonly detail: string;
}

export interface Handled {
  readonly outcome: 'accepted' | 'repeated' | 'refused' | 'parked';
  /** Absent when nobody knows who has sent it. `channel` is whose key it was. */
  readonly answer?: { readonly to: Envelope; readonly channel: string; readonly answer: CommandAnswer };
  readonly parking?: Parking;
}

/** What carries commands out. */
export interface Receiver {
  /** For the records of one partition, until `signal` aborts: then it is somebody else's, and no answer is wanted. */
  lane(signal: AbortSignal): LaneReceiver;
}

export interface LaneReceiver {
  /**
   * Is called for one record after the other, in their order. What it returns is started in that order, may run beside
   * others, and must keep the commands of a stream in order. Neither rejects unless the signal has aborted.
   */
  admit(record: CommandRecord): Promise<() => Promise<Handled>>;
}
