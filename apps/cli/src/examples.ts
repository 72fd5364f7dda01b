import { type Command } from 'commander';

/** The way in which the program was called, so that examples can be pasted. */
const PROGRAM = process.env['npm_lifecycle_event'] === undefined ? 'kontor' : 'npm run -s kontor --';

/** Adds examples to the help of a command. `kontor` is replaced by the way in which the program was called. */
export const addExamples = (command: Command, ...lines: readonly string[]): Command =>
  command.addHelpText(
    'after',
    ['', 'Example:', ...lines.map((line) => `  ${line.replaceAll(/\bkontor(?= )/g, PROGRAM)}`)].join('\n'),
  );
