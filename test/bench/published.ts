import { type DataSource } from 'typeorm';
import { openDatabase } from '#database';
import { EsdbEventStore } from '#event-store-esdb';
import { publisherStatus, topicLag } from '#kafka-publisher';
import { type Product } from './product.js';

/** Measures how far the records in Kafka are behind the log. */
export class Published {
  private constructor(
    private readonly db: DataSource,
    private readonly store: EsdbEventStore,
  ) {}

  /** @returns undefined without Kafka */
  static async open({ databaseUrl, eventStoreUrl }: Product): Promise<Published | undefined> {
    if (!process.env['KAFKA_BROKERS']) return undefined;
    const db = await openDatabase({ url: databaseUrl, role: 'owner', poolSize: 2 });
    return new Published(db, EsdbEventStore.connect(eventStoreUrl));
  }

  /** Milliseconds until Kafka has acknowledged all events that are in the log now, and the checkpoints say so. */
  async caughtUpMs(): Promise<number> {
    const begin = performance.now();
    for (;;) {
      const { topics } = await publisherStatus(this.db);
      const unsent = await Promise.all(topics.map((topic) => topicLag(this.store, topic)));
      if (unsent.every(({ events }) => events === 0)) return Math.round(performance.now() - begin);
    }
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.db.destroy();
  }
}
