import { type EsdbEventStore } from './esdb-event-store.js';
import { type StoreUnavailable } from './store-unavailable.js';

/**
 * Checks the event store when a process starts, and says in one sentence what is wrong with it. The process goes on where the
 * trouble may pass by itself.
 * @throws StoreUnavailable when somebody has to fix something
 */
export const checkAtStart = async (store: EsdbEventStore, log: (sentence: string) => void): Promise<void> => {
  try {
    const { remark } = await store.probe();
    if (remark !== undefined) log(remark);
  } catch (error) {
    const { message, mayPass } = error as StoreUnavailable;
    if (!mayPass) throw error;
    log(message);
  }
};
