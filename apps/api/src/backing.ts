import { DataSource } from 'typeorm';
import { Global, Module, type DynamicModule, type ValueProvider } from '@nestjs/common';
import { ApiKeys, RateLimiter, rateLimitOf } from '#access';
import { readModels, streamTypes } from '#registry';
import { CustomerDigest, IdentityHash } from '#customers';
import { assertMigrated, openDatabase, PgSnapshotStore, PgViewStore } from '#database';
import { IncompleteStreams, DeciderRunner, EventStore, PersonalData, START, ViewStore } from '#event-store';
import { checkAtStart, EsdbEventStore } from '#event-store-esdb';
import { AvailabilityAdvice } from '#orders';
import { BlindIndex, EncryptedPersonalData, loadKek, SubjectDigests, SubjectKeys } from '#privacy';
import { PositionWaiter, Registry } from '#projections';
import { type ApiSettings } from '#settings';
import { StockLevels } from '#stock';
import { EventStoreHealth } from './operations/event-store-health.js';
import { FreeSpace } from './operations/free-space.js';
import { WebhookSecret } from './webhooks/payment-webhooks.controller.js';

const POOL_SIZE = 12;
/** A caller is answered rather than left to wait for a store that does not answer. */
const MAX_WAIT_MS = 15_000;

/** The log, the database and the keys. They are opened before Nest starts and closed after it has ended. */
export class Backing {
  private readonly closing: (() => Promise<unknown>)[] = [];

  private constructor(
    private readonly settings: ApiSettings,
    private readonly say: (sentence: string) => void,
  ) {}

  /**
   * @param say is called with problems of the event store that may pass by themselves
   * @throws Error if the database does not answer or belongs to another key; StoreUnavailable
   */
  static async open(
    settings: ApiSettings,
    say: (sentence: string) => void,
  ): Promise<{ backing: Backing; module: DynamicModule }> {
    const backing = new Backing(settings, say);
    try {
      return { backing, module: BackingModule.of(await backing.connect()) };
    } catch (error) {
      await backing.close();
      throw error;
    }
  }

  /** Closes in the reverse order of opening. */
  async close(): Promise<void> {
    for (const close of this.closing.splice(0).reverse()) await close();
  }

  private async connect(): Promise<ValueProvider[]> {
    const { databaseUrl, eventStoreUrl, dataDir, paymentProviderSecret, readsPerSecond, writesPerSecond } =
      this.settings;
    const kek = loadKek(dataDir, this.settings);
    const entities = readModels.projections.map(({ table }) => table);
    const dataSource = await openDatabase({ url: databaseUrl, role: 'app', poolSize: POOL_SIZE, entities });
    this.closing.push(() => dataSource.destroy());
    await assertMigrated(dataSource);
    const keys = new SubjectKeys(dataSource, kek);
    await keys.listen();
    this.closing.push(() => keys.close());
    const waiter = await PositionWaiter.open(dataSource);
    this.closing.push(() => waiter.close());
    const store = EsdbEventStore.connect(eventStoreUrl);
    this.closing.push(() => store.close());
    await checkAtStart(store, this.say);
    const personalData = new EncryptedPersonalData(keys);
    const categories = streamTypes.map(({ category }) => category);
    const digests = await BlindIndex.open(dataSource, kek, async () => (await store.head(categories)) !== START);
    const incompleteStreams = new IncompleteStreams(store, categories);
    const snapshots = new PgSnapshotStore(dataSource);
    const limits = { incompleteStreams, cacheBytes: this.settings.streamCacheBytes, maxWaitMs: MAX_WAIT_MS };
    return [
      { provide: DataSource, useValue: dataSource },
      { provide: EventStore, useValue: store },
      { provide: EventStoreHealth, useValue: store },
      { provide: FreeSpace, useValue: new FreeSpace(dataDir) },
      { provide: PersonalData, useValue: personalData },
      { provide: IncompleteStreams, useValue: incompleteStreams },
      { provide: DeciderRunner, useValue: new DeciderRunner(store, personalData, snapshots, limits) },
      { provide: ViewStore, useValue: new PgViewStore(dataSource) },
      { provide: BlindIndex, useValue: digests },
      { provide: IdentityHash, useValue: digests },
      { provide: CustomerDigest, useValue: new SubjectDigests(keys) },
      { provide: AvailabilityAdvice, useValue: new StockLevels(dataSource) },
      { provide: PositionWaiter, useValue: waiter },
      { provide: Registry, useValue: new Registry(dataSource, readModels) },
      { provide: ApiKeys, useValue: new ApiKeys(dataSource) },
      { provide: WebhookSecret, useValue: new WebhookSecret(paymentProviderSecret) },
      {
        provide: RateLimiter,
        useValue: new RateLimiter({ read: rateLimitOf(readsPerSecond), write: rateLimitOf(writesPerSecond) }),
      },
    ];
  }
}

/** Global, so that capabilities find the services that they need from their host. */
@Global()
@Module({})
export class BackingModule {
  static of(providers: ValueProvider[]): DynamicModule {
    return { module: BackingModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}
