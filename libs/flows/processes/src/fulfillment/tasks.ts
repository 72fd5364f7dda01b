/** Reallocations and cancellations are tasks of an order, of which one is under way at a time. */
import { startCancellation } from './cancellation.js';
import { unchanged, type OrderFulfillment, type Reallocation, type Step, type Task } from './order-fulfillment.js';
import { startReallocation } from './reallocation.js';

/** Starts the next task if the step has ended one. */
export const thenNextTask = (tasksBefore: number, step: Step): Step => {
  const [next] = step.state.tasks;
  if (!next || step.state.tasks.length >= tasksBefore) return step;
  const { state, commands } = startTask(step.state, next);
  return thenNextTask(step.state.tasks.length, { state, commands: [...step.commands, ...commands] });
};

const startTask = (state: OrderFulfillment, task: Task): Step =>
  task.kind === 'reallocation' ? startReallocation(state, task) : startCancellation(state, task);

export const enqueue = (state: OrderFulfillment, task: Task): Step => {
  const next = { ...state, tasks: [...state.tasks, task] };
  return next.tasks.length === 1 ? startTask(next, task) : unchanged(next);
};

/** Plans and reservations of new allocations belong to the first task. Does nothing unless that is a reallocation. */
export const inReallocation = (state: OrderFulfillment, step: (task: Reallocation) => Step): Step => {
  const [task] = state.tasks;
  return task?.kind === 'reallocation' ? step(task) : unchanged(state);
};
