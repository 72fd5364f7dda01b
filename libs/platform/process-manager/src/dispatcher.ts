import { type Outcome, type Routes } from '#event-store';
import { type Cause, type Message } from '#kernel';

export interface DispatchedCommand {
  /** Name of the stream that carried the command out. */
  readonly stream: string;
  readonly outcome: Outcome;
}

/** The port through which processes and timers send commands. */
export interface CommandDispatcher<Command extends Message> {
  /** @throws DomainError, StreamNotReadable, OutcomeUnknown */
  readonly send: (command: Command, cause: Cause) => Promise<DispatchedCommand>;
}

/** Any route. It has methods, so that the route of any command fits. */
export interface AnyRoute {
  readonly recordsResultsIn?: string;
  stream(command: Message): string;
  message(command: Message, cause: Cause): object;
}

/** As much of a command bus as is needed here. */
interface OutcomeBus {
  execute(message: object): Promise<Outcome>;
}

/** Puts the commands on the bus of this program. */
export class BusDispatcher<Command extends Message> implements CommandDispatcher<Command> {
  private readonly routes: Readonly<Record<string, AnyRoute>>;

  constructor(
    private readonly bus: OutcomeBus,
    routes: Routes<Command>,
  ) {
    this.routes = routes;
  }

  async send(command: Command, cause: Cause): Promise<DispatchedCommand> {
    const route = this.routes[command.type];
    if (!route) throw new TypeError(`There is no route for ${command.type}`);
    const outcome = await this.bus.execute(route.message(command, cause));
    return { stream: route.stream(command), outcome };
  }
}
