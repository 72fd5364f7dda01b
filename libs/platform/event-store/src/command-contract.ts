import { type Cause, type Digest, type Message } from '#kernel';

/** A command as channels send it, the same over every transport. */
export interface CommandContract<Dto extends object = object> {
  /** For example `ReserveStock`. */
  readonly name: string;
  /** One sentence for the API's documentation. */
  readonly summary: string;
  /** The shape of the body, for class-validator; unknown fields are refused. */
  readonly dto: new () => Dto;
  /** The scope that an API key needs, for example `stock:write`. */
  readonly scope: string;
  /** Name of the stream that the command writes to. */
  readonly stream: (body: Dto) => string;
  /** The message for `CommandBus.execute`, once the body is valid. Its handler answers with an {@link Outcome}. */
  readonly message: (body: Dto, cause: Cause) => object;
  /** Secrets that nobody keeps: the body with keyed digests in their place. All else sees only that. */
  readonly tokenizeSecrets?: (body: Dto, digest: Digest) => object;
  /** The subject of the personal data in the body, if there are any: becomes `cause.subject`. */
  readonly subject?: (body: Dto, cause: Cause) => string | undefined;
  /** For a command that begins something that ends later: how the caller learns the end. */
  readonly completion?: Completion;
  /** Events that record a refusal, with the problem code that the caller is answered. */
  readonly refusals?: Readonly<Record<string, string>>;
}

/** The route to its stream of a command that a process or a timer sends. */
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

/** The later end of what a command has begun. The caller may wait for it, and is answered `pending` without it. */
export interface Completion {
  /** The port that knows the end; apps provide it. */
  readonly port: abstract new () => CompletionPort;
  /** The path at which the caller may look for the end, by the id of the stream: `/v1/orders/o-1`. */
  readonly location: (id: string) => string;
  /** For the documentation: the name of the schema of the answer, and descriptions of the answers at the end and before. */
  readonly answer: string;
  readonly ended: string;
  readonly pending: string;
}

export abstract class CompletionPort {
  /**
   * The end, as members of the answer; undefined when it has not come within the wait.
   * @param reader the channel that must be allowed to see it, or `*` for staff
   */
  abstract completionOf(
    id: string,
    reader: { readonly channel: string },
    wait: { readonly timeoutMs: number; readonly mayHaveEnded: boolean },
  ): Promise<object | undefined>;
}
