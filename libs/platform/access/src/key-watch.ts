import { type ApiKeys } from './api-keys.js';

/** Between two checks. A feed ends within a second of the revocation of its key. */
const CHECK_MS = 500;
/** As long as a key may be cached. When the database has not answered for this long, every key counts as ended. */
const MAX_SILENCE_MS = 10_000;

interface Watched {
  readonly ended: AbortController;
  requests: number;
}

/** Tells long requests, such as feeds and batches, when their key is revoked or expires. */
export class KeyWatch {
  private readonly watched = new Map<string, Watched>();
  private timer: NodeJS.Timeout | undefined;
  private isChecking = false;
  private checkedAt = 0;

  constructor(
    private readonly keys: Pick<ApiKeys, 'ended'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The signal is aborted once the key is no longer valid. Call `release` when the request has ended. */
  watch(keyId: string): { readonly signal: AbortSignal; readonly release: () => void } {
    const watched = this.watched.get(keyId) ?? { ended: new AbortController(), requests: 0 };
    this.watched.set(keyId, watched);
    watched.requests++;
    if (!this.timer) {
      this.checkedAt = this.now();
      this.timer = setInterval(() => void this.check(), CHECK_MS);
    }
    const release = () => {
      if (--watched.requests > 0) return;
      if (this.watched.get(keyId) === watched) this.watched.delete(keyId);
      if (this.watched.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
    return { signal: watched.ended.signal, release };
  }

  private async check(): Promise<void> {
    if (this.now() - this.checkedAt > MAX_SILENCE_MS) this.end([...this.watched.keys()]);
    if (this.isChecking) return;
    this.isChecking = true;
    try {
      this.end(await this.keys.ended([...this.watched.keys()]));
      this.checkedAt = this.now();
    } catch {
      // Tried again after CHECK_MS.
    } finally {
      this.isChecking = false;
    }
  }

  private end(keyIds: readonly string[]) {
    for (const keyId of keyIds) {
      this.watched.get(keyId)?.ended.abort();
      this.watched.delete(keyId);
    }
  }
}
