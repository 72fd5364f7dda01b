import { type Requests } from '../simulators/event-store-requests.js';
import { Kontor, type KontorOptions } from '../support/kontor.js';
import { usageOf, type Usage } from './processes.js';

export interface Product {
  readonly apiUrl: string;
  /** Role kontor_owner. */
  readonly databaseUrl: string;
  readonly eventStoreUrl: string;
  readonly adminKey: string;
  usage(): Usage;
  /** What it has asked of its event store, if that is counted. */
  requests(): Requests;
  /** Subscriptions that it has lost. */
  drops(): number;
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** One key reads and writes as much as a whole network of channels would. */
const NO_LIMITS = { KONTOR_READS_PER_SECOND: '1000000', KONTOR_WRITES_PER_SECOND: '1000000' };

const settings = () => Object.entries(process.env).filter((one): one is [string, string] => one[1] !== undefined);

/** Starts Kontor as it ships, without the sample and with the settings of whoever runs the bench. */
export const startProduct = async (options: KontorOptions): Promise<Product> => {
  const kontor = await Kontor.start({ ...options, env: { ...Object.fromEntries(settings()), ...NO_LIMITS } });
  return {
    ...kontor.runFile,
    adminKey: kontor.adminKey,
    usage: () => usageOf(kontor.pids()),
    requests: () => kontor.requests,
    drops: () => kontor.drops,
    settled: () => kontor.settled(),
    stop: () => kontor.stop(),
  };
};
