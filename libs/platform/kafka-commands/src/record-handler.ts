import { type CommandEnvelope, type KafkaHeaders } from './command-envelope.js';

/** A record of the topic of commands, not checked yet. */
export interface CommandRecord {
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: KafkaHeaders;
}

/** The answer to the sender of a command: the body that HTTP would answer with, and its status. */
export interface CommandAnswer {
  readonly status: number;
  readonly [member: string]: unknown;
}

/** Why a record is parked instead of carried out. */
export interface ParkingReason {
  readonly code: string;
  readonly detail: string;
}

/** The result of a record. */
export interface HandledRecord {
  readonly outcome: 'accepted' | 'repeated' | 'refused' | 'parked';
  /** Absent where the sender is not known. `channel` is the channel of the sender's API key. */
  readonly answer?: { readonly to: CommandEnvelope; readonly channel: string; readonly answer: CommandAnswer };
  readonly parking?: ParkingReason;
}

/** Carries out commands from Kafka. */
export interface CommandRecordHandler {
  /** A handler for the records of one partition. When `signal` aborts, another member has the partition, and answers its records. */
  forPartition(signal: AbortSignal): PartitionRecordHandler;
}

export interface PartitionRecordHandler {
  /**
   * Checks a record; called for one record after the other, in their order. The returned functions are started in that
   * order and may run side by side, but commands to the same stream must keep their order. Neither rejects unless the
   * signal has aborted.
   */
  admit(record: CommandRecord): Promise<() => Promise<HandledRecord>>;
}
