import { Injectable } from '@nestjs/common';
import { CommandIdReused } from '#event-store';

const MOST = 100_000;

/**
 * Which stream each recent idempotency key went to: a key that comes back for another stream is a mistake of the caller.
 * The log itself tells when it comes back for the same stream, however long ago; this memory only helps to find mistakes
 * early, and what it forgets does no harm: command ids differ by stream.
 */
@Injectable()
export class KeyBook {
  private readonly streams = new Map<string, string>();

  /** @throws CommandIdReused */
  check(channel: string, key: string, stream: string): void {
    const known = this.streams.get(`${channel}/${key}`);
    if (known !== undefined && known !== stream) throw new CommandIdReused(key);
  }

  /** The command was accepted. */
  note(channel: string, key: string, stream: string): void {
    const id = `${channel}/${key}`;
    this.streams.delete(id);
    this.streams.set(id, stream);
    const [oldest] = this.streams.keys();
    if (this.streams.size > MOST && oldest !== undefined) this.streams.delete(oldest);
  }
}
