import { type EsdbEventStore } from './esdb-event-store.js';
import { type StoreUnavailable } from './store-unavailable.js';

/**
 * Says at once what is wrong with the event store. What may pass by itself is only said: the process goes on and tries
 * again.
 * @throws StoreUnavailable when someone has to mend it
 */
export const checkAtStart = async (store: EsdbEventStore, say: (sentence: string) => void): Promise<void> => {
  try {
    const { remark } = await store.probe();
    if (remark !== undefined) say(remark);
  } catch (error) {
    const { message, mayPass } = error as StoreUnavailable;
    if (!mayPass) throw error;
    say(message);
  }
};
