import { type EsdbEventStore } from './esdb-event-store.js';
import { type StoreUnavailable } from './store-unavailable.js';

/**
 * Checks the event store when a process starts, and logs a problem in one sentence. The process continues if the problem may be
 * temporary.
 * @throws StoreUnavailable if an operator has to fix the problem
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
