/** A failure that says nothing about the current event or message: it is tried again after a pause. */
export class TransientError extends Error {
  override name = 'TransientError';
}

/** Classes of SQLSTATE that say nothing about the data: connection, rollback, resources, intervention, system. */
const TRANSIENT_SQLSTATE = /^(08|40|53|57|58)/;

export const isTransient = (error: unknown): boolean => {
  const { code } = error as { code?: unknown };
  return error instanceof TransientError || (typeof code === 'string' && TRANSIENT_SQLSTATE.test(code));
};
