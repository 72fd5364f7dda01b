import { OutcomeUnknown } from '#event-store';

/** The time that a caller wants to wait for its answer, counted from the request. */
export interface Wait {
  readonly seconds: number;
  readonly leftMs: () => number;
}

/** The log has at least this long to answer, however little the caller wants to wait. */
const MIN_ANSWER_MS = 2_000;

/** @param seconds of `Prefer: wait=N` */
export const waitOf = (seconds: number | undefined): Wait | undefined => {
  if (seconds === undefined) return undefined;
  const until = performance.now() + seconds * 1000;
  return { seconds, leftMs: () => Math.max(0, until - performance.now()) };
};

/** The command goes on after the caller has stopped waiting. @throws OutcomeUnknown */
export const answerWithin = async <Result>(execution: Promise<Result>, wait: Wait | undefined): Promise<Result> => {
  if (!wait) return execution;
  const over = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => over.reject(new OutcomeUnknown('the command', `no answer within the requested ${wait.seconds} s`)),
    Math.max(wait.leftMs(), MIN_ANSWER_MS),
  );
  try {
    return await Promise.race([execution, over.promise]);
  } finally {
    clearTimeout(timer);
  }
};
