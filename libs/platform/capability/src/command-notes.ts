/** What the documentation says about a command that its contract does not. */
export interface CommandNote {
  /** Events of the command's own stream. `A?`: only where it applies. */
  readonly events: string;
  /** Events that processes record afterwards, in this stream and in others. */
  readonly then?: string;
  /** Ids of docs/requirements.md. */
  readonly serves: string;
}

/** By the name of the command. */
export type CommandNotes = Readonly<Record<string, CommandNote>>;
