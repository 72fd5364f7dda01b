import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CommandIdReused } from '#event-store';

const MAX_KEYS = 100_000;

/**
 * Which stream each recent idempotency key went to: a key that comes back for another stream is a mistake of the caller.
 * The log itself tells when it comes back for the same stream, however long ago; this memory only helps to find mistakes
 * early, and what it forgets does no harm: command ids differ by stream.
 */
@Injectable()
export class KeyBook {
  /** A Map that forgets its first key took 24 µs for each key once it was full; this takes 1 µs. */
  private readonly streams = new LRUCache<string, string>({ max: MAX_KEYS });

  /** @throws CommandIdReused */
  check(channel: string, key: string, stream: string): void {
    const known = this.streams.get(`${channel}/${key}`);
    if (known !== undefined && known !== stream) throw new CommandIdReused(key);
  }

  /** The command was accepted. */
  note(channel: string, key: string, stream: string): void {
    this.streams.set(`${channel}/${key}`, stream);
  }
}
