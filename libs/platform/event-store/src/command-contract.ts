import { type Cause, type Digest, type Message } from '#kernel';

/** A command of channels, the same over every transport. */
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
  /** Names of other streams that the body names. They must belong to the channel of the caller, as `stream` must. */
  readonly namedStreams?: (body: Dto) => readonly string[];
  /** A channel needs this scope, too, for streams that belong to another channel. Without it, only staff may name them. */
  readonly anyChannelScope?: string;
  /** The message for `CommandBus.execute`, once the body is valid. Its handler answers with an {@link Outcome}. */
  readonly message: (body: Dto, cause: Cause) => object;
  /** Replaces secrets in the body by keyed digests, before anything else sees the body. */
  readonly tokenizeSecrets?: (body: Dto, digest: Digest) => object;
  /** The subject of the personal data in the body, if it has any; becomes `cause.subject`. */
  readonly subject?: (body: Dto, cause: Cause) => string | undefined;
  /** For a command whose effect is complete only later, such as a checkout. */
  readonly completion?: Completion;
  /** The problem codes of events that record a refusal, by event type. */
  readonly refusals?: Readonly<Record<string, string>>;
}

/** The route to its stream of a command that a process or a timer sends. */
export interface Route<Command extends Message = Message> {
  /** Name of the stream that the command writes to. */
  readonly stream: (command: Command) => string;
  /** The message for `CommandBus.execute`, whose handler answers with an {@link Outcome}. */
  readonly message: (command: Command, cause: Cause) => object;
  /** Set if the handler records results under command ids of its own: the category of their streams. */
  readonly recordsResultsIn?: string;
}

/** A route for each command of a union. */
export type Routes<Command extends Message> = {
  readonly [Type in Command['type']]: Route<Extract<Command, { type: Type }>>;
};

/** How the caller of a command learns when its effect is complete. */
export interface Completion {
  /** The port that tells whether the effect is complete; apps provide it. */
  readonly port: abstract new () => CompletionPort;
  /** The path of the result by the id of the stream, for example `/v1/orders/o-1`. */
  readonly location: (id: string) => string;
  /** For the API's documentation: the schema of the answer, and descriptions of the complete and the pending answer. */
  readonly answer: string;
  readonly ended: string;
  readonly pending: string;
}

export abstract class CompletionPort {
  /**
   * Waits for the completion. Resolves to members of the answer, or undefined after the timeout.
   * @param reader the channel that must be allowed to see it, or `*` for staff
   */
  abstract completionOf(
    id: string,
    reader: { readonly channel: string },
    wait: { readonly timeoutMs: number; readonly mayHaveEnded: boolean },
  ): Promise<object | undefined>;
}
