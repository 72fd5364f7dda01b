/** Thrown by a handler when it is not the event's fault: all of it is tried again after a pause. */
export class TryAgain extends Error {
  override name = 'TryAgain';
}

/** Classes of SQLSTATE that say nothing of the event: connection, rollback, resources, intervention, system. */
const TRANSIENT = /^(08|40|53|57|58)/;

export const isTransient = (error: unknown): boolean => {
  const { code } = error as { code?: unknown };
  return error instanceof TryAgain || (typeof code === 'string' && TRANSIENT.test(code));
};
