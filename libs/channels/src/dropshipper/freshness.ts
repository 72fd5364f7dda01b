import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { type AdapterContext } from '../adapter.js';
import { type Mappings } from '../mapping/mappings.js';
import { type DropshipperSettings } from './settings.js';
import { type StockFeed } from './stock-feed.js';

interface Paused {
  readonly paused: boolean;
  /** Not paused already by somebody with a reason of their own. */
  readonly byUs: boolean;
  /** Grows each time. */
  readonly turn: number;
}

const LOOKS_EVERY_MS = 1_000;
const NEVER_PAUSED: Paused = { paused: false, byUs: false, turn: 0 };

/** Watches how old the newest feed is; while it is too old, the place takes no new reservations. */
export class Freshness {
  /** Of the newest feed; of the adapter itself before the first. */
  ageMs = 0;

  constructor(
    private readonly parts: {
      readonly context: AdapterContext;
      readonly settings: DropshipperSettings;
      readonly feed: StockFeed;
      readonly mappings: Mappings;
      /** When the adapter was first opened. */
      readonly since: Date;
    },
  ) {}

  get isStale(): boolean {
    return this.ageMs > this.parts.settings.staleAfterHours * 3_600_000;
  }

  /** Until `signal` aborts. Never rejects. */
  async watch(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.parts.context;
    while (!signal.aborted) {
      await this.look().catch((error: unknown) => log('the age of the feed is not known', { error: String(error) }));
      await clock.sleep(LOOKS_EVERY_MS, signal);
    }
  }

  private async look() {
    const { context, settings, mappings } = this.parts;
    const asOf = await this.measure();
    const before = (await mappings.recall<Paused>('paused')) ?? NEVER_PAUSED;
    const paused = this.isStale && settings.pauseWhenStale;
    if (paused === before.paused) return;
    context.log(paused ? 'the stock feed is too old' : 'the stock feed is fresh again', { asOf });
    const turn = before.turn + 1;
    const changed = (paused || before.byUs) && (await this.change(paused, turn));
    const after: Paused = { paused, byUs: paused && changed, turn };
    await mappings.remember('paused', after);
  }

  private async measure(): Promise<string> {
    const { context, feed, since } = this.parts;
    const asOf = (await feed.asOf()) ?? since.toISOString();
    this.ageMs = context.clock.now() - Date.parse(asOf);
    return asOf;
  }

  /** @returns whether it was otherwise before */
  private async change(wanted: boolean, turn: number): Promise<boolean> {
    const { context, settings } = this.parts;
    const { location: locationId, staleAfterHours } = settings;
    const id = uuidv5(KONTOR_NAMESPACE, `${context.name}/paused/${turn}`);
    const { status, body } = wanted
      ? await context.api.command(
          'PauseLocation',
          { locationId, reason: `no stock feed for ${staleAfterHours} h` },
          { id },
        )
      : await context.api.command('ResumeLocation', { locationId }, { id });
    if (status >= 300) throw new Error(`Kontor answered ${status}: ${JSON.stringify(body)}`);
    return (body['events'] as readonly unknown[]).length > 0;
  }
}
