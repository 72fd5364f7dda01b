import { EventStoreProxy } from '../simulators/event-store-proxy.js';
import { type Disturbance, NoiseMakers } from './noise.js';
import { otherEventStore, TestEventStore } from './test-event-store.js';

const DROPS_EVERY_MS = 1_000;

/** The event store of a Kontor that does not start its own, with all that disturbs it. When it is killed, it comes back at once. */
export class EventStoreOfKontor {
  /** Until it is back. */
  private restart: Promise<void> | undefined;

  private constructor(
    private readonly store: TestEventStore,
    private readonly noise: NoiseMakers,
    /** Between Kontor and its event store, if subscriptions are to be dropped. */
    private readonly proxy: EventStoreProxy | undefined,
  ) {}

  /** Undefined where nothing is wanted but the local event store and peace: Kontor starts that by itself. */
  static async startIfWanted(
    folder: string,
    disturbances: readonly Disturbance[],
  ): Promise<EventStoreOfKontor | undefined> {
    if (otherEventStore() === undefined && disturbances.length === 0) return undefined;
    const store = await TestEventStore.start(folder);
    const noise = new NoiseMakers(
      store.url,
      disturbances.filter((one) => one !== 'drops'),
    );
    const proxy = disturbances.includes('drops') ? await EventStoreProxy.start(store.url) : undefined;
    void proxy?.dropEvery(DROPS_EVERY_MS);
    return new EventStoreOfKontor(store, noise, proxy);
  }

  /** For Kontor. */
  get url(): string {
    return this.proxy?.url ?? this.store.url;
  }

  get pid(): number | undefined {
    return this.store.pid;
  }

  get drops(): number {
    return this.proxy?.drops ?? 0;
  }

  /** `kill -9`. @returns whether it was alive */
  kill(): boolean {
    if (this.restart || this.store.pid === undefined) return false;
    this.restart = this.startAgain();
    this.restart.catch(() => undefined); // whoever stops it is told
    return true;
  }

  async stop(): Promise<void> {
    await this.noise.stop();
    await this.proxy?.stop();
    await this.restart;
    await this.store.stop();
  }

  private async startAgain() {
    await this.store.stop('SIGKILL');
    await this.store.start();
    this.restart = undefined;
  }
}
