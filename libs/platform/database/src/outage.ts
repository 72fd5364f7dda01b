/**
 * Codes and names of errors for connections that failed or were lost, a database that starts, stops or is overloaded
 * (SQLSTATE), and an event store that does not answer.
 */
const OUTAGE =
  /^(E(CONN|PIPE|TIMEDOUT|HOSTUNREACH|AI_AGAIN)|08|53|57|unavailable$|deadline-exceeded$|QueryRunnerProviderAlreadyReleasedError$)/;

/** Whether the database or the event store is unavailable, so that a retry may succeed. */
export const isOutage = (error: unknown): error is Error => {
  if (!(error instanceof Error)) return false;
  const { code, type, name, message } = error as Error & { code?: unknown; type?: unknown };
  return (
    [code, type, name].some((one) => typeof one === 'string' && OUTAGE.test(one)) ||
    /^Connection terminated|timeout exceeded when trying to connect/.test(message)
  );
};
