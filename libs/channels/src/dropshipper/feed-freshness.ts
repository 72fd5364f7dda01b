import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type AdapterContext } from '../adapter.js';
import { type Mappings } from '../mapping/mappings.js';
import { type DropshipperSettings } from './settings.js';
import { type StockFeed } from './stock-feed.js';

/** Stored as JSON, so the names of its fields must not change. */
interface PauseState {
  readonly paused: boolean;
  /** False where somebody else had paused the location before: then it is not resumed here. */
  readonly byUs: boolean;
  /** The number of changes so far, so that each has a command id of its own. */
  readonly turn: number;
}

interface FeedFreshnessOptions {
  readonly context: AdapterContext;
  readonly settings: DropshipperSettings;
  readonly feed: StockFeed;
  readonly mappings: Mappings;
  /** When the adapter was first configured. */
  readonly since: Date;
}

const CHECK_EVERY_MS = 1_000;
const NEVER_PAUSED: PauseState = { paused: false, byUs: false, turn: 0 };

/** Watches the age of the newest stock feed, and pauses the location while the feed is stale. */
export class FeedFreshness {
  /** Age of the newest feed; before the first, the time since the adapter was first configured. */
  ageMs = 0;

  constructor(private readonly options: FeedFreshnessOptions) {}

  get isStale(): boolean {
    return this.ageMs > this.options.settings.staleAfterHours * 3_600_000;
  }

  /** Returns when `signal` aborts. Never rejects. */
  async watch(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.options.context;
    while (!signal.aborted) {
      await this.check().catch((error: unknown) =>
        log('the age of the stock feed cannot be checked', { error: String(error) }),
      );
      await clock.sleep(CHECK_EVERY_MS, signal);
    }
  }

  private async check() {
    const { context, settings, mappings } = this.options;
    const asOf = await this.measureAge();
    const before = (await mappings.loadState<PauseState>('paused')) ?? NEVER_PAUSED;
    const paused = this.isStale && settings.pauseWhenStale;
    if (paused === before.paused) return;
    context.log(paused ? 'the stock feed is stale' : 'the stock feed is fresh again', { asOf });
    const turn = before.turn + 1;
    const changed = (paused || before.byUs) && (await this.changeLocation(paused, turn));
    const after: PauseState = { paused, byUs: paused && changed, turn };
    await mappings.saveState('paused', after);
  }

  /** @returns the time since which the age is counted, ISO 8601 */
  private async measureAge(): Promise<string> {
    const { context, feed, since } = this.options;
    const asOf = (await feed.newest())?.asOf ?? since.toISOString();
    this.ageMs = context.clock.now() - Date.parse(asOf);
    return asOf;
  }

  /** Pauses or resumes the location. @returns whether that has changed it */
  private async changeLocation(pause: boolean, turn: number): Promise<boolean> {
    const { context, settings } = this.options;
    const { location: locationId, staleAfterHours } = settings;
    const id = uuidv5(KONTOR_NAMESPACE, `${context.name}/paused/${turn}`);
    const reason = `no stock feed for ${staleAfterHours} h`;
    const { status, body } = pause
      ? await context.api.sendCommand('PauseLocation', { locationId, reason }, { id })
      : await context.api.sendCommand('ResumeLocation', { locationId }, { id });
    if (status >= 300) throw new Error(`Kontor answered ${status}: ${JSON.stringify(body)}`);
    return (body['events'] as readonly unknown[]).length > 0;
  }
}
