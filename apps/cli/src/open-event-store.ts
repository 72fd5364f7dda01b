import { EsdbEventStore } from '#event-store-esdb';
import { say } from './terminal.js';

/** @throws StoreUnavailable at once, with a sentence that says what is wrong and how to fix it */
export const openEventStore = async (url: string): Promise<EsdbEventStore> => {
  const store = EsdbEventStore.connect(url);
  try {
    const { remark } = await store.probe();
    if (remark !== undefined) say(remark);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
};
