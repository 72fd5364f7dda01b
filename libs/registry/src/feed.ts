import { type DataSource } from 'typeorm';
import { type FeedKind } from '#capability';
import { categoryOf, idOf, type Recorded } from '#event-store';
import { isRowVisible, type PositionWaiter } from '#projections';
import { capabilities } from './capabilities.js';
import { without, type Published } from './published.js';
import { readModels } from './read-models.js';

/** How the feed shows each category of streams. */
export const feedKinds: Readonly<Record<string, FeedKind>> = Object.fromEntries(
  capabilities.flatMap(({ feed }) => Object.entries(feed)),
);

/** Until the read model shows whose an order is. */
const MAX_WAIT_MS = 10_000;

/** The caller of the feed: a channel, or staff who see everything. */
export interface FeedReader {
  readonly channel: string;
  readonly isStaff: boolean;
}

/** Decides what a reader of the feed sees of an event, as the manifests say. */
export class FeedVisibility {
  constructor(
    private readonly database: DataSource,
    private readonly positions: PositionWaiter,
  ) {}

  async isVisible({ stream, envelope, position }: Recorded, { isStaff, channel }: FeedReader): Promise<boolean> {
    if (isStaff || envelope.channel === channel) return true;
    const audience = feedKinds[categoryOf(stream)]?.audience ?? 'its-channel';
    switch (audience) {
      case 'every-channel':
        return true;
      case 'its-channel':
        return false;
      case 'channel-of-id':
        return idOf(stream) === channel;
      default:
        await this.positions.reached(position, MAX_WAIT_MS); // whose row it is may not be visible yet
        return isRowVisible(this.database, { channel }, readModelNamed(audience.readersOf), idOf(stream));
    }
  }
}

const readModelNamed = (name: string) => {
  const found = readModels.projections.find((projection) => projection.name === name);
  if (!found) throw new Error(`The feed names a read model that does not exist: ${name}`);
  return found;
};

/** The event as the reader sees it: to other channels, what happened, but not for whom. */
export const asSeenBy = (event: Published, { isStaff, channel }: FeedReader): Published => {
  const { hidden } = feedKinds[categoryOf(event.stream)] ?? {};
  if (!hidden || isStaff || event.channel === channel) return event;
  return { ...event, data: without(event.data, hidden), correlationId: '', causationId: undefined };
};
