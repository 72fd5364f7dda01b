import { EventStoreProxy } from '../simulators/event-store-proxy.js';
import { type Disturbance, NoiseMakers, requestedDisturbances } from './noise.js';
import { otherEventStore, TestEventStore } from './test-event-store.js';

const DROPS_EVERY_MS = 1_000;

/** What a test requires of the event store of a Kontor. */
export interface EventStoreNeeds {
  /** Disturbances while it runs. Default: those that `KONTOR_TEST_NOISE` requests for all suites. */
  readonly disturbances?: readonly Disturbance[];
  /** Whether its requests are counted. Default: no. */
  readonly isCounted?: boolean;
}

/** The event store of a Kontor that does not start its own, with disturbances. After a kill it is started again at once. */
export class EventStoreOfKontor {
  /** Settles once the store is back after a kill. */
  private restart: Promise<void> | undefined;

  private constructor(
    private readonly store: TestEventStore,
    private readonly noise: NoiseMakers,
    /** Drops subscriptions and counts requests; undefined where neither is required. */
    readonly proxy: EventStoreProxy | undefined,
  ) {}

  /** @returns undefined where the local event store without disturbances will do: Kontor starts that by itself */
  static async startIfNeeded(folder: string, needs: EventStoreNeeds): Promise<EventStoreOfKontor | undefined> {
    const { disturbances, isCounted } = { ...defaults(), ...needs };
    const isPlain = disturbances.length === 0 && !isCounted;
    return isPlain && otherEventStore() === undefined ? undefined : EventStoreOfKontor.start(folder, needs);
  }

  static async start(folder: string, needs: EventStoreNeeds = {}): Promise<EventStoreOfKontor> {
    const { disturbances, isCounted } = { ...defaults(), ...needs };
    const store = await TestEventStore.start(folder);
    const noises = disturbances.filter((one) => one !== 'drops');
    const proxy = await proxyFor(store, { drops: noises.length < disturbances.length, isCounted });
    return new EventStoreOfKontor(store, new NoiseMakers(store.url, noises), proxy);
  }

  /** The address for Kontor, which is that of the proxy if there is one. */
  get url(): string {
    return this.proxy?.url ?? this.store.url;
  }

  get pid(): number | undefined {
    return this.store.pid;
  }

  /** `kill -9`. @returns whether it was alive */
  kill(): boolean {
    if (this.restart || this.store.pid === undefined) return false;
    this.restart = this.startAgain();
    this.restart.catch(() => undefined); // `stop` reports the error
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

const defaults = () => ({ disturbances: requestedDisturbances(), isCounted: false });

const proxyFor = async ({ url }: TestEventStore, { drops, isCounted }: { drops: boolean; isCounted: boolean }) => {
  if (!drops && !isCounted) return undefined;
  const proxy = await EventStoreProxy.start(url);
  if (drops) void proxy.dropEvery(DROPS_EVERY_MS);
  return proxy;
};
