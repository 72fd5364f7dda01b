/**
 * Reactions of processes in an earlier version: the stored state, the event, the next state and the commands. A running
 * instance must go on from its stored state, and a repeat after a crash must send the same commands under the same ids,
 * whichever version began it. A line in test/golden/reactions is therefore never changed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { processCommandId, type Message } from '#kernel';
import { type AnyProcess, type DeliveredEvent } from '#process-manager';
import { processes } from '#processes';
import { without } from '#registry';

interface RecordedReaction {
  readonly instance: string;
  readonly state: object | null;
  readonly happened: DeliveredEvent;
  readonly next: { readonly state: object | null; readonly commands: readonly (Message & { readonly id: string })[] };
}

const folder = new URL('reactions/', `file://${__dirname}/`);

const recorded = (name: string) =>
  readFileSync(new URL(`${name}.jsonl`, folder), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedReaction);

/** A stored state in its current form. */
const upcast = (process: AnyProcess, stored: object | null) => (stored && process.upcast?.(stored)) ?? stored;

/**
 * `AssignFulfillment` has said until when the location must accept; now it says for how long it may take. `RequestPayment` has
 * had the token, which now stays in the order. The reason of `HoldOrder` has been in words, which now are its note.
 */
const currentForm = (command: Message & { readonly id: string }, { occurredAt }: DeliveredEvent) => {
  if (command.type === 'RequestPayment') return { ...command, data: without(command.data, ['token']) };
  if (command.type === 'HoldOrder') {
    const { reason: note, ...data } = command.data as { readonly holdId: string; readonly reason: string };
    return { ...command, data: { ...data, reason: data.holdId, note } };
  }
  const { acceptBy, ...data } = command.data as { readonly acceptBy?: string };
  if (acceptBy === undefined) return command;
  return { ...command, data: { ...data, acceptWithinSeconds: (Date.parse(acceptBy) - Date.parse(occurredAt)) / 1000 } };
};

const handles = ({ inputs }: AnyProcess, { event }: DeliveredEvent) =>
  event.type === 'CommandRefused' || inputs.includes(event);

const plain = <Data>(data: Data) => JSON.parse(JSON.stringify(data)) as Data;

const reactionOf = (process: AnyProcess, { state, happened, instance }: RecordedReaction) => {
  const before = upcast(process, state);
  if (!handles(process, happened)) return { state: before, commands: [] };
  const next = process.react(before ?? undefined, happened, instance);
  const commands = next.commands.map((command, index) => ({
    id: processCommandId(process.name, happened.id, index),
    ...command,
  }));
  return plain({ state: next.state ?? null, commands });
};

const all: readonly AnyProcess[] = processes();

it('every process has a file of recorded reactions', () => {
  expect(readdirSync(folder).toSorted()).toEqual(all.map(({ name }) => `${name}.jsonl`).toSorted());
});

describe.each(all.map((process) => ({ name: process.name, process })))('$name', ({ name, process }) => {
  it.each(recorded(name).map((reaction) => ({ ...reaction, type: reaction.happened.event.type })))(
    'reacts to $type as before',
    (reaction) => {
      const { state, commands } = reaction.next;
      const expected = commands.map((command) => currentForm(command, reaction.happened));
      expect(reactionOf(process, reaction)).toEqual({ state: upcast(process, state), commands: expected });
    },
  );

  it('keeps its instances under the same ids', () => {
    for (const { happened, instance } of recorded(name)) {
      if (!process.inputs.includes(happened.event)) continue;
      expect(process.instanceOf(happened)).toBe(instance);
    }
  });

  it('does not change a state that is in its current form', () => {
    for (const { state } of recorded(name)) {
      const today = upcast(process, state);
      expect(upcast(process, today)).toBe(today);
    }
  });
});
