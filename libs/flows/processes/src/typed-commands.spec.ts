/** What a process may send is checked by the compiler: `npm run types` fails where one of these lines compiles. */
import { expect, it } from '@jest/globals';
import { type Routes } from '#event-store';
import { type Named } from '#kernel';
import { order, type OrderCommand } from '#orders';
import {
  BusDispatcher,
  eventsOf,
  type CommandRefused,
  type InputOf,
  type Process,
  type Reaction,
} from '#process-manager';
import { routes as allRoutes } from './routes.js';

const { ConfirmOrder, RejectOrder } = allRoutes;
const inputs = eventsOf([order]).only('OrderPlaced');
type Answer = Named<OrderCommand, 'ConfirmOrder' | 'RejectOrder'>;
type Outcome = Reaction<never, Answer>;

const confirming: Process<never, InputOf<typeof inputs>, Answer> = {
  name: 'confirming',
  inputs,
  instanceOf: ({ stream }) => stream,
  react: (_, { event }, orderId) =>
    event.type === 'CommandRefused'
      ? afterRefusal(event.data)
      : { state: undefined, commands: [{ type: 'ConfirmOrder', data: { orderId, allocations: [] } }] },
};

const afterRefusal = ({ command }: CommandRefused<Answer>['data']): Outcome => {
  switch (command.type) {
    case 'ConfirmOrder':
      return { state: undefined, commands: [{ type: 'RejectOrder', data: { ...command.data, reasons: [] } }] };
    case 'RejectOrder':
      return { state: undefined, commands: [] };
  }
};

const routes: Routes<Answer> = { ConfirmOrder, RejectOrder };

const commands = {
  // @ts-expect-error a misspelt field
  misspelt: { type: 'ConfirmOrder', data: { orderId: 'o', alocations: [] } } satisfies Answer,
  // @ts-expect-error a field that the command does not have
  superfluous: { type: 'RejectOrder', data: { orderId: 'o', reasons: [], locationId: 'north' } } satisfies Answer,
  // @ts-expect-error a command that nobody carries out
  unknown: { type: 'ConfirmOrders', data: { orderId: 'o', allocations: [] } } satisfies Answer,
  // @ts-expect-error a command of the order that this process has not declared
  undeclared: { type: 'ExpireCheckout', data: { orderId: 'o' } } satisfies Answer,
};

// @ts-expect-error a route is missing
const incomplete: Routes<Answer> = { ConfirmOrder };

// @ts-expect-error a refusal is not handled
const forgetful = ({ command }: CommandRefused<Answer>['data']): Outcome => {
  if (command.type === 'ConfirmOrder') return { state: undefined, commands: [] };
};

// @ts-expect-error an event is ignored that the stream does not have
const misspeltEvent = eventsOf([order]).except('OrderHolded');

it('sends a declared command by its route', async () => {
  const executed: object[] = [];
  const outcome = { revision: 0, position: 0, events: [], eventIds: [], repeated: false };
  const bus = { execute: (message: object) => (executed.push(message), Promise.resolve(outcome as never)) };
  const delivered = { id: 'e', stream: 'order-o', correlationId: 'o', channel: 'web', occurredAt: '' };
  const refused: CommandRefused<Answer> = {
    type: 'CommandRefused',
    data: { command: { type: 'ConfirmOrder', data: { orderId: 'o', allocations: [] } }, code: 'order-not-pending' },
  };
  const [command] = confirming.react(undefined, { ...delivered, event: refused }, 'o').commands;
  if (!command) throw new Error('The refusal leads to a command');
  const cause = { ...delivered, commandId: 'c', actor: 'process:confirming' };
  const dispatched = await new BusDispatcher(bus, routes).send(command, cause);
  expect(dispatched.stream).toBe('order-o');
  expect(executed).toMatchObject([{ id: 'o', command: { type: 'RejectOrder' } }]);
});

it('does not compile what was written wrong on purpose', () => {
  expect(Object.keys(commands)).toEqual(['misspelt', 'superfluous', 'unknown', 'undeclared']);
  expect([incomplete, forgetful, misspeltEvent]).toHaveLength(3);
});
