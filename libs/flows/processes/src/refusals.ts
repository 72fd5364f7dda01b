import { type Message } from '#kernel';
import { type CommandRefused } from '#process-manager';

/**
 * For a command that must not be forgotten, such as goods that have left: the instance is parked until a person has
 * removed the cause, say a location that nobody has registered.
 * @throws Error always
 */
export const parkOnRefusal = ({ command, code }: CommandRefused<Message>['data']): never => {
  throw new Error(`${command.type} was refused: ${code}`);
};
