import { eventStoreContract } from './event-store-contract.js';
import { InMemoryEventStore } from './in-memory-event-store.js';

eventStoreContract('the in-memory twin', () => {
  const store = new InMemoryEventStore();
  return Promise.resolve({
    store,
    operator: store,
    failNextAppend: (fault) => store.faults.set(store.appends + 1, fault),
    close: () => store.close(),
  });
});
