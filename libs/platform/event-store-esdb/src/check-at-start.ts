import { type EsdbEventStore } from './esdb-event-store.js';
import { type StoreUnavailable } from './store-unavailable.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The connection string that the environment gives. EventStoreDB 24 takes all variables that begin with EVENTSTORE_ for
 * settings of its own and does not start with one that it does not know: so the older name should not be used any more.
 */
export const eventStoreUrlFrom = (env: Environment): string | undefined =>
  [env['KONTOR_EVENTSTORE_URL'], env['EVENTSTORE_URL']].find((url) => url !== undefined && url !== '');

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
