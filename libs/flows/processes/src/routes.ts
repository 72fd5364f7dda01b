import { type Routes } from '#event-store';
import { routes as routesOfCapabilities } from '#registry';
import { type DeadlineCommand } from './deadlines/deadline-kinds.js';
import { type ProcessCommand } from './processes.js';

/** The route of every command that a process or a timer sends. A command without a route does not compile. */
export const routes: Routes<ProcessCommand | DeadlineCommand> = routesOfCapabilities;
