/**
 * Codes and names of errors for connections that failed or were lost, a database that starts, stops or is overloaded
 * (SQLSTATE), and an event store that does not answer.
 */
const OUTAGE =
  /^(E(CONN|PIPE|TIMEDOUT|HOSTUNREACH|AI_AGAIN)|08|53|57|unavailable$|StoreUnavailable$|deadline-exceeded$|QueryRunnerProviderAlreadyReleasedError$)/;

/** Codes of gRPC: DEADLINE_EXCEEDED and UNAVAILABLE. */
const GRPC_OUTAGE: ReadonlySet<unknown> = new Set([4, 14]);

/** Whether the database or the event store is unavailable, so that a retry may succeed. */
export const isOutage = (error: unknown): error is Error => {
  if (!(error instanceof Error)) return false;
  const { code, type, name, message } = error as Error & { code?: unknown; type?: unknown };
  return (
    GRPC_OUTAGE.has(code) ||
    [code, type, name].some((one) => typeof one === 'string' && OUTAGE.test(one)) ||
    /^Connection terminated|^Query read timeout|timeout exceeded when trying to connect/.test(message)
  );
};
