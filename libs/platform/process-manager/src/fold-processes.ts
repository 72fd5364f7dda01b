import {
  type AnyStreamType,
  categoryOf,
  type EventStore,
  type Position,
  recognizeEvent,
  type Recorded,
  type Routes,
  START,
  StreamNotReadable,
} from '#event-store';
import { type Message } from '#kernel';
import { type AnyProcess } from './process.js';
import { ProcessRunner } from './process-runner.js';
import { type ProcessStore, type WaitingInstance } from './process-store.js';
import { RecordedAnswers } from './recorded-answers.js';

export interface FoldOptions<Command extends Message> {
  readonly store: EventStore;
  readonly streamTypes: readonly AnyStreamType[];
  readonly routes: Routes<Command>;
  /** What is known of the live states: their checkpoint, `START` if they are lost, and the instances that are parked. */
  readonly live: { readonly position: Position; readonly parked: readonly WaitingInstance[] };
  /** Called after each batch. @throws Error to give up */
  readonly onProgress?: (events: number) => Promise<void> | void;
}

export interface FoldedProcesses {
  /** The states are those after all events up to here. */
  readonly position: Position;
  /** Of the last event that a process follows. */
  readonly lastEvent: Position;
  readonly events: number;
}

const SAVE_EVERY_EVENTS = 10_000;

/**
 * Folds the log into the states of processes, up to the checkpoint of the live ones. The commands of the processes are answered from
 * the log, and none is sent. An instance waits at the first event that led to a command that is still open, as a parked instance does:
 * the worker sends the command again. The log is read twice: first to index the answers, so that a command without one does not wait
 * for it.
 *
 * @param staging an empty store for the rebuilt states
 * @throws Error when the store does not answer
 */
export const foldProcesses = async <Command extends Message>(
  processes: readonly AnyProcess<Command>[],
  staging: ProcessStore,
  options: FoldOptions<Command>,
): Promise<FoldedProcesses> => {
  const { store, streamTypes, routes, live } = options;
  const answers = new RecordedAnswers(routes, live);
  const runner = new ProcessRunner(answers.unansweredCommands.watch(processes), staging, {
    store,
    streamTypes,
    dispatcher: answers,
    deciders: { observe: () => undefined, run: () => Promise.reject(new Error('A rebuild records nothing')) },
    concurrency: Infinity, // a command waits until its answer is read
    maxAttempts: 1,
  });
  const position = live.position === START ? await store.head(runner.categories) : live.position;
  await runner.resume();
  const recognize = recognizer(streamTypes);
  await indexAnswers(answers, recognize, options);
  const saver = periodicSaver(runner);
  let [events, lastEvent] = [0, START];
  for await (const batch of batchesOf(store, streamTypes)) {
    answers.add(batch.flatMap(recognize));
    const due = batch.filter((one) => one.position <= position && runner.categories.includes(categoryOf(one.stream)));
    answers.unansweredCommands.read(batch);
    lastEvent = due.at(-1)?.position ?? lastEvent;
    if (due.length > 0) await runner.handle({ events: due, position: lastEvent, caughtUp: false });
    events += batch.length;
    await saver.saveIfDue(events);
    await options.onProgress?.(events);
  }
  answers.end();
  await runner.idle();
  await runner.save();
  return { position, lastEvent, events };
};

const indexAnswers = async <Command extends Message>(
  answers: RecordedAnswers<Command>,
  recognize: (recorded: Recorded) => readonly Recorded[],
  { store, streamTypes, onProgress }: FoldOptions<Command>,
) => {
  for await (const batch of batchesOf(store, streamTypes)) {
    answers.indexAnswers(batch.flatMap(recognize));
    await onProgress?.(0);
  }
};

/** Saving frees the memory of states, also while the checkpoint stands at a command that waits. */
const periodicSaver = (runner: Pick<ProcessRunner<Message>, 'save'>) => {
  let savedAt = 0;
  return {
    /** @param events the number of events that were read so far */
    saveIfDue: async (events: number) => {
      if (events - savedAt < SAVE_EVERY_EVENTS) return;
      savedAt = events;
      await runner.save();
    },
  };
};

/** Up to the end of the log. */
async function* batchesOf(store: EventStore, types: readonly AnyStreamType[]): AsyncIterable<readonly Recorded[]> {
  const end = new AbortController();
  try {
    const categories = types.map(({ category }) => category);
    for await (const { events, caughtUp } of store.subscribe(START, { categories, signal: end.signal })) {
      yield events;
      if (caughtUp) return;
    }
  } finally {
    end.abort();
  }
}

/** @returns a function that gives an event in its current version, or nothing if it is not one of Kontor's */
const recognizer = (types: readonly AnyStreamType[]) => {
  const byCategory = new Map(types.map((type) => [type.category, type]));
  return (recorded: Recorded): readonly Recorded[] => {
    try {
      return [recognizeEvent(recorded, byCategory.get(categoryOf(recorded.stream))?.events ?? {})];
    } catch (error) {
      if (error instanceof StreamNotReadable) return [];
      throw error;
    }
  };
};
