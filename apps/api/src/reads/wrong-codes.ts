import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { RateLimiter } from '#access';
import { Problem } from '../http/problem.js';

/** Wrong codes that a key may send at once, and again after a pause. Buyers mistype; who guesses needs many more. */
const WRONG_CODES = { perSecond: 1 / 6, burst: 100 };
/** A wrong code is answered later than a right one. */
const DELAY_MS = 500;

/** Counts the wrong codes of gift cards and vouchers that each key sends. In memory: each process of the API counts its own. */
@Injectable()
export class WrongCodes {
  private readonly limiter = new RateLimiter<'wrong-code'>({ 'wrong-code': WRONG_CODES });

  /**
   * Looks a code up. Its attempt counts until the code is found, so that attempts at the same time are counted, too.
   * @throws Problem `too-many-requests`, also for a right code
   */
  async count<Found>(keyId: string, lookUp: () => Promise<Found | undefined>): Promise<Found | undefined> {
    this.take(keyId);
    const found = await lookUp().catch((error: unknown) => {
      this.limiter.giveBack(keyId, 'wrong-code');
      throw error;
    });
    if (found === undefined) await pause(DELAY_MS);
    else this.limiter.giveBack(keyId, 'wrong-code');
    return found;
  }

  /** Whether a code may be tried. @throws Problem `too-many-requests` */
  check(keyId: string): void {
    this.take(keyId);
    this.limiter.giveBack(keyId, 'wrong-code');
  }

  /** Counts a code that is known to be wrong. @throws Problem `too-many-requests` */
  async add(keyId: string): Promise<void> {
    this.take(keyId);
    await pause(DELAY_MS);
  }

  private take(keyId: string) {
    const retryAfter = this.limiter.take(keyId, 'wrong-code', performance.now());
    if (retryAfter === 0) return;
    const detail = `This key has sent too many wrong codes. Try again in ${retryAfter} s.`;
    throw new Problem('too-many-requests', detail, {}, { 'retry-after': String(retryAfter) });
  }
}
