import { type Cause, type Digest, type Message } from '#kernel';

/**
 * A command as channels know it: the same over every transport. `name` is what they call, `dto` what its body must look
 * like (class-validator; unknown fields are refused), `message` what goes on the command bus once it is valid.
 */
export interface CommandContract<Dto extends object = object> {
  /** For example `ReserveStock`. */
  readonly name: string;
  /** One sentence for the API's documentation. */
  readonly summary: string;
  readonly dto: new () => Dto;
  /** What a key must be allowed to do, for example `stock:write`. */
  readonly scope: string;
  /** Name of the stream that the command writes to. */
  readonly stream: (body: Dto) => string;
  /** The message for `CommandBus.execute`, whose handler answers with an {@link Outcome}. */
  readonly message: (body: Dto, cause: Cause) => object;
  /** Secrets that nobody keeps: the body with keyed digests in their place. All else sees only that. */
  readonly veil?: (body: Dto, digest: Digest) => object;
  /** Whose personal data the body carries, when it does: becomes `cause.subject`. */
  readonly subject?: (body: Dto, cause: Cause) => string | undefined;
  /** How the caller learns the end of what the command begins, where it goes on after the command. */
  readonly completion?: Completion;
  /** Events that stand for a refusal, with the problem code to answer: they are recorded, and the caller is told no. */
  readonly refusals?: Readonly<Record<string, string>>;
}

/** How a command that a process or a timer sends gets to its stream. */
export interface Route<Command extends Message = Message> {
  /** Name of the stream that the command writes to. */
  readonly stream: (command: Command) => string;
  /** The message for `CommandBus.execute`, whose handler answers with an {@link Outcome}. */
  readonly message: (command: Command, cause: Cause) => object;
}

/** A route for each command of a union: where one is missing, it does not compile. */
export type Routes<Command extends Message> = {
  readonly [Type in Command['type']]: Route<Extract<Command, { type: Type }>>;
};

/** A command begins something that ends later. Its caller may wait for the end, and is answered `pending` without it. */
export interface Completion {
  /** Who knows the end; hosts provide it. */
  readonly port: abstract new () => CompletionPort;
  /** Where the caller may look, for the id of the stream: `/v1/orders/o-1`. */
  readonly location: (id: string) => string;
  /** For the documentation: the name of the schema of the answer, and what is answered at the end and before. */
  readonly answer: string;
  readonly ended: string;
  readonly pending: string;
}

export abstract class CompletionPort {
  /**
   * The end, as members of the answer; undefined when it has not come by then.
   * @param reader whose eyes to look with: a channel, or `*` for staff
   */
  abstract completionOf(
    id: string,
    reader: { readonly channel: string },
    wait: { readonly timeoutMs: number; readonly mayHaveEnded: boolean },
  ): Promise<object | undefined>;
}
