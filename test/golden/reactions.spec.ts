/**
 * Reactions of processes as an earlier version had them: the state as it was stored, the event, and what came of both. A
 * running instance must go on from its stored state, and a repeat after a crash must send the same commands under the
 * same ids, whatever version carried out the first half. A line in test/golden/reactions is therefore never changed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { processCommandId, type AnyProcess, type Happened, type Message } from '#kernel';
import { processes } from '#processes';

interface Reaction {
  readonly instance: string;
  readonly state: object | null;
  readonly happened: Happened;
  readonly next: { readonly state: object | null; readonly commands: readonly (Message & { readonly id: string })[] };
}

const folder = new URL('reactions/', `file://${__dirname}/`);

const recorded = (name: string) =>
  readFileSync(new URL(`${name}.jsonl`, folder), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Reaction);

/** As the process hears of a refusal. */
const heard = (happened: Happened): Happened => {
  if (happened.event.type !== 'CommandRefused') return happened;
  const { command, code } = happened.event.data as { readonly command: Message; readonly code: string };
  return { ...happened, event: { type: 'CommandRefused', data: { ...command.data, command: command.type, code } } };
};

const react = (process: AnyProcess, { state, happened }: Reaction) => {
  const next: { readonly state?: object; readonly intents: readonly Message[] } = process.react(
    state ?? undefined,
    heard(happened),
  );
  const commands = next.intents.map((command, index) => ({
    id: processCommandId(process.name, happened.id, index),
    ...command,
  }));
  return JSON.parse(JSON.stringify({ state: next.state ?? null, commands })) as Reaction['next'];
};

it('has reactions of every process', () => {
  const names = processes().map(({ name }) => `${name}.jsonl`);
  expect(readdirSync(folder).toSorted()).toEqual(names.toSorted());
});

describe.each(processes().map((process) => ({ name: process.name, process })))('$name', ({ name, process }) => {
  it.each(recorded(name).map((reaction) => ({ ...reaction, type: reaction.happened.event.type })))(
    'reacts to $type as before',
    (reaction) => expect(react(process, reaction)).toEqual(reaction.next),
  );

  it('keeps its instances under the same ids', () => {
    for (const { happened, instance } of recorded(name)) {
      if (happened.event.type === 'CommandRefused') continue;
      expect(process.instanceOf(happened)).toBe(instance);
    }
  });
});
