/** The command id was used before with another body. */
export class CommandIdReused extends Error {
  constructor(readonly commandId: string) {
    super(`Command ${commandId} was sent before with another body`);
    this.name = 'CommandIdReused';
  }
}

/**
 * The store did not say whether the events were stored. Sending the same command with the same id again is safe, and
 * is the way to find out.
 */
export class OutcomeUnknown extends Error {
  constructor(stream: string, reason: string) {
    super(`No answer from the event store for ${stream}: ${reason}`);
    this.name = 'OutcomeUnknown';
  }
}
