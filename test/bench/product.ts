import { type Requests } from '../simulators/event-store-requests.js';
import { Kontor, type KontorOptions } from '../support/kontor.js';
import { until } from '../support/until.js';
import { usageOf, type Usage } from './processes.js';

export interface Product {
  readonly apiUrl: string;
  /** With the role kontor_owner. */
  readonly databaseUrl: string;
  /** With the role kontor_bi. */
  readonly databaseBiUrl: string;
  readonly eventStoreUrl: string;
  readonly adminKey: string;
  usage(): Usage;
  /** Requests to the event store so far. @throws Error unless they are counted */
  requests(): Requests;
  /** Subscriptions that were dropped so far. */
  drops(): number;
  settled(): Promise<void>;
  /** Kills a process, which is started again at once. Resolves when it is ready. */
  restart(part: 'api' | 'worker'): Promise<void>;
  stop(): Promise<void>;
}

/** A measurement on a busy machine is better than none. */
const READY_WITHIN_MS = 600_000;

/** One API key sends all the load of the benchmark. */
const NO_LIMITS = { KONTOR_READS_PER_SECOND: '1000000', KONTOR_WRITES_PER_SECOND: '1000000' };

const settings = () => Object.entries(process.env).filter((one): one is [string, string] => one[1] !== undefined);

/** Starts Kontor without the sample and with the settings of the environment. */
export const startProduct = async (options: KontorOptions): Promise<Product> => {
  const kontor = await Kontor.start({
    startsWithinMs: READY_WITHIN_MS,
    ...options,
    env: { ...Object.fromEntries(settings()), ...NO_LIMITS },
  });
  return {
    ...kontor.runFile,
    adminKey: kontor.adminKey,
    usage: () => usageOf(kontor.pids()),
    requests: () => kontor.requests,
    drops: () => kontor.drops,
    settled: () => kontor.settled(),
    restart: (part) => restart(kontor, part),
    stop: () => kontor.stop(),
  };
};

const restart = async (kontor: Kontor, part: 'api' | 'worker') => {
  const before = kontor.pids()[part];
  kontor.kill(part);
  const isReady = async () => {
    const now = kontor.pids()[part];
    const { apiUrl, workerUrl } = kontor.runFile;
    return (
      now !== undefined && now !== before && (await fetch(`${part === 'api' ? apiUrl : workerUrl}/health/ready`)).ok
    );
  };
  await until(isReady, { for: `the ${part} to be ready again`, withinMs: READY_WITHIN_MS, everyMs: 20 });
};
