import { OutcomeUnknown } from '#event-store';

/** How long a caller wants to wait for its answer, from when it has asked. */
export interface Wait {
  readonly seconds: number;
  readonly leftMs: () => number;
}

/** A command that the log has not answered by then is told as that, however little the caller wants to wait. */
const LEAST_MS = 2_000;

/** @param seconds of `Prefer: wait=N` */
export const waitOf = (seconds: number | undefined): Wait | undefined => {
  if (seconds === undefined) return undefined;
  const until = performance.now() + seconds * 1000;
  return { seconds, leftMs: () => Math.max(0, until - performance.now()) };
};

/** The command goes on when the caller does not wait for it any longer. @throws OutcomeUnknown */
export const answerWithin = async <Result>(execution: Promise<Result>, wait: Wait | undefined): Promise<Result> => {
  if (!wait) return execution;
  const over = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => over.reject(new OutcomeUnknown('the command', `nothing within the ${wait.seconds} s that were to be waited`)),
    Math.max(wait.leftMs(), LEAST_MS),
  );
  try {
    return await Promise.race([execution, over.promise]);
  } finally {
    clearTimeout(timer);
  }
};
