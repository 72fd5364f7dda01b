import { type StreamType } from '#event-store';
import { type Message } from '#kernel';

interface RefusedCommand {
  readonly process: string;
  readonly instance: string;
  readonly commandId: string;
  /** Its type. */
  readonly command: string;
  /** Code of the DomainError. */
  readonly code: string;
}

export type RefusalEvent = Message<'ProcessCommandRefused', RefusedCommand>;
type RefusalCommand = Message<'RecordProcessCommandRefusal', RefusedCommand>;

/** The commands of one instance of a process that were refused. A refusal is recorded before the process acts on it. */
export const processRefusals: StreamType<object, RefusalCommand, RefusalEvent> = {
  category: 'processrefusal',
  decider: {
    initialState: () => ({}),
    decide: ({ data }) => [{ type: 'ProcessCommandRefused', data }],
    evolve: (state) => state,
  },
  events: { ProcessCommandRefused: { version: 1 } },
  creates: ['RecordProcessCommandRefusal'],
};
