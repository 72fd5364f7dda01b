import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Cause, type Message } from '#kernel';
import { type CommandContract, type Route } from './command-contract.js';
import { DeciderRunner } from './decider-runner.js';
import { type Outcome } from './letters.js';
import { type AnyStreamType, type StreamType } from './stream-type.js';

/** Asks one stream to carry out one command. */
export class Decide extends Command<Outcome> {
  constructor(
    readonly type: AnyStreamType,
    readonly id: string,
    readonly command: Message,
    readonly cause: Cause,
  ) {
    super();
  }
}

@CommandHandler(Decide)
export class DecideHandler implements ICommandHandler<Decide> {
  constructor(private readonly deciders: DeciderRunner) {}

  execute({ type, id, command, cause }: Decide) {
    return this.deciders.run(type as StreamType<unknown, Message, Message>, id, command, cause);
  }
}

/** Without instances of classes, and without what was left out. */
export const plain = <Body extends object>(body: Body) => JSON.parse(JSON.stringify(body)) as Body;

/** Forgets the type of the body: whoever calls a contract has made the body an instance of its `dto`. */
export const contract = <Dto extends object>(typed: CommandContract<Dto>) => typed as unknown as CommandContract;

/** Commands whose bodies say in the channel's words what the decider hears; `idField` names the stream in the body. */
export const contractsFor =
  (type: AnyStreamType, idField: string) =>
  <Dto extends object>(
    typed: Pick<CommandContract<Dto>, 'name' | 'summary' | 'dto' | 'scope'> &
      Partial<Pick<CommandContract<Dto>, 'subject' | 'refusals' | 'veil'>>,
  ): CommandContract => {
    const idOf = (body: object) => String((body as Record<string, unknown>)[idField]);
    return {
      ...contract({ ...typed, ...NOWHERE }),
      stream: (body) => `${type.category}-${idOf(body)}`,
      message: (body, cause) => new Decide(type, idOf(body), { type: typed.name, data: plain(body) }, cause),
    };
  };

const NOWHERE = { stream: () => '', message: () => ({}) };

/** The route of a process's commands to one kind of stream, whose id the commands name. */
export const routeTo = <State, Command extends Message, Event extends Message>(
  type: StreamType<State, Command, Event>,
  idOf: (data: Command['data']) => string,
): Route<Command> => ({
  stream: ({ data }) => `${type.category}-${idOf(data)}`,
  message: (command, cause) => new Decide(type, idOf(command.data), command, cause),
});
