import { type Message } from '#kernel';
import { type CommandRefused } from '#process-manager';

/**
 * For a command that must not be dropped, such as one about goods that have left. The instance is parked until a person has
 * removed the cause, for example by registering a location.
 * @throws Error always
 */
export const parkOnRefusal = ({ command, code }: CommandRefused<Message>['data']): never => {
  throw new Error(`${command.type} was refused: ${code}`);
};
