import { isOutage } from '#database';
import { CommandIdReused, OutcomeUnknown, StreamNotReadable } from '#event-store';
import { DomainError } from '#kernel';
import { problemsOfCapabilities } from './hosts.js';

/**
 * How a command failed. `final`: it was refused, and will be refused again. `temporary`: the same command may succeed later,
 * because the log or the database does not answer now, or because the state changes by itself. `defect`: no code has
 * foreseen the error.
 */
export type CommandFailure = 'final' | 'temporary' | 'defect';

export const commandFailureOf = (error: unknown): CommandFailure => {
  if (error instanceof DomainError) return problemsOfCapabilities[error.code]?.retryable ? 'temporary' : 'final';
  if (error instanceof CommandIdReused || error instanceof StreamNotReadable) return 'final';
  return error instanceof OutcomeUnknown || isOutage(error) ? 'temporary' : 'defect';
};
