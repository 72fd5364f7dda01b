import { type Clock } from '../clock.js';
import { Pace } from './pace.js';

/** One request after the other, at the pace that was agreed with the endpoint. */
export class Turns {
  private readonly pace: Pace;

  constructor(
    perMinute: number,
    private readonly clock: Clock,
  ) {
    this.pace = new Pace({ concurrency: 1, perSecond: perMinute / 60 }, clock.now());
  }

  /** Waits for its turn. @throws what `ask` throws */
  async take<Answer extends { readonly works: boolean; readonly waitMs?: number | undefined }>(
    ask: () => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer> {
    while (this.pace.room(this.clock.now()) === 0 && !signal.aborted)
      await this.clock.sleep(this.pace.pause(this.clock.now()), signal);
    this.pace.started();
    let end: { readonly works: boolean; readonly waitMs?: number | undefined } = { works: false };
    try {
      const answer = await ask();
      end = answer;
      return answer;
    } finally {
      this.pace.ended(this.clock.now(), end.works, end.waitMs);
    }
  }
}
