import { expect, it } from '@jest/globals';
import { type BatchCommand } from '#client';
import { type ApiResponse } from '../kontor-api.js';
import { sendCommands } from './send-commands.js';

const commands = Array.from({ length: 1_200 }, (_, index) => ({ command: 'X', id: String(index), data: {} }));
const clock = { now: () => 0, sleep: () => Promise.resolve() };

/** An API with the answers of a test. `sent`: the sizes of the batches. */
const api = (answer: (line: BatchCommand, attempts: number) => ApiResponse['body'] | undefined) => {
  const attempts = new Map<string, number>();
  const sent: number[] = [];
  const sendBatch = (lines: readonly BatchCommand[]) => {
    sent.push(lines.length);
    const answers = lines.map((line) => {
      attempts.set(line.id, (attempts.get(line.id) ?? 0) + 1);
      return answer(line, attempts.get(line.id) ?? 0);
    });
    if (answers.includes(undefined)) return Promise.reject(new Error('The connection was reset'));
    return Promise.resolve(answers as ApiResponse['body'][]);
  };
  return { sendBatch, sent };
};

it('every command has its own answer, whatever part of a batch had to be sent again', async () => {
  const kontor = api(({ id }, attempts) => ({ status: Number(id) % 3 === 0 && attempts === 1 ? 503 : 200, id }));
  const answers = await sendCommands({ api: kontor, clock }, commands);
  expect(answers.map((answer) => [answer?.['id'], answer?.status])).toEqual(commands.map(({ id }) => [id, 200]));
  expect(kontor.sent).toEqual([500, 500, 200, 400]);
});

it('a batch without an answer is sent again', async () => {
  const kontor = api(({ id }, attempts) => (attempts < 3 ? undefined : { status: 409, id }));
  const answers = await sendCommands({ api: kontor, clock }, commands.slice(0, 2));
  expect(answers).toEqual([
    { status: 409, id: '0' },
    { status: 409, id: '1' },
  ]);
});

it('a command that never gets a definite answer has none', async () => {
  const kontor = api(({ id }) => ({ status: id === '1' ? 503 : 200 }));
  const answers = await sendCommands({ api: kontor, clock }, commands.slice(0, 3));
  expect(answers.map((answer) => answer?.status)).toEqual([200, undefined, 200]);
});
