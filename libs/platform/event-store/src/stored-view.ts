import { type Consumer } from './consumer.js';
import { type InMemoryView } from './in-memory-view.js';
import { type Position, START } from './position.js';
import { resumePosition } from './resume-position.js';
import { type Batch, type EventStore, type Recorded } from './port.js';

/** The events of a view up to a position, as they were recorded. */
export interface ViewContent {
  readonly position: Position;
  readonly events: readonly Recorded[];
}

/** The port to the stored events of in-memory views, with which a start does not depend on the length of the log. */
export abstract class ViewStore {
  /** @returns undefined if nothing is stored. Events are in the order of the log */
  abstract load(view: string): Promise<ViewContent | undefined>;
  /** Adds events that are not stored yet, and moves the position. */
  abstract save(view: string, content: ViewContent): Promise<void>;
}

/** A view that follows other streams in a later version starts from the beginning. */
const storedName = ({ name, categories }: InMemoryView) => `${name} of ${categories.toSorted().join(', ')}`;

/**
 * Brings views up to what is stored, before they follow the log from there. Stored content that cannot be loaded is no error: the view then reads
 * the log from its beginning.
 */
export const restoreViews = async (
  views: readonly InMemoryView[],
  stored: ViewStore,
  log: EventStore,
): Promise<void> => {
  await Promise.all(
    views.map(async (view) => {
      const content = await stored.load(storedName(view)).catch(() => undefined);
      if (!content) return;
      const position = await resumePosition(log, content.position).catch(() => undefined);
      if (position !== undefined) await view.handle({ ...content, position, caughtUp: false });
    }),
  );
};

const SAVE_EVERY_MS = 5_000;

/** Runs a view, and stores its events for the next start of any process. */
export class StoredView implements Consumer {
  readonly name: string;
  readonly categories: readonly string[];
  private unsaved: Recorded[] = [];
  private position = START;
  private saving: Promise<void> | undefined;
  private savedAt = 0;

  constructor(
    private readonly view: InMemoryView,
    private readonly stored: ViewStore,
    private readonly saveEveryMs = SAVE_EVERY_MS,
  ) {
    this.name = view.name;
    this.categories = view.categories;
  }

  resume(): Promise<Position> {
    return this.view.resume();
  }

  async handle(batch: Batch): Promise<void> {
    await this.view.handle(batch);
    this.unsaved.push(...batch.events);
    this.position = batch.position;
    if (!this.saving && performance.now() - this.savedAt >= this.saveEveryMs) this.saving = this.save();
  }

  async onHeartbeat(): Promise<void> {
    if (this.unsaved.length > 0) await (this.saving ??= this.save());
  }

  /** If it fails, the events are stored with the next ones. */
  private async save() {
    const [events, { position }] = [this.unsaved, this];
    this.unsaved = [];
    this.savedAt = performance.now();
    try {
      await this.stored.save(storedName(this.view), { position, events });
    } catch {
      this.unsaved = [...events, ...this.unsaved];
    }
    this.saving = undefined;
  }
}
