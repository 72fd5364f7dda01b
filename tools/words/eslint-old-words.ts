import { basename } from 'node:path';
import { type Rule } from 'eslint';
import { finderOf, readOldWords } from './old-words.ts';

const find = finderOf(readOldWords(`${import.meta.dirname}/../..`).filter(({ still = 0 }) => still === 0));

/** Reports words that the project no longer uses, in names, comments, texts and the name of the file. */
export const oldWords: Rule.RuleModule = {
  meta: { type: 'suggestion', schema: [], messages: { old: '"{{text}}" is an old word. Say: {{say}}.' } },
  create: (context) => ({
    Program() {
      const { sourceCode, filename } = context;
      for (const { text, word } of find(basename(filename)))
        context.report({ loc: { line: 1, column: 0 }, messageId: 'old', data: { text, say: word.say } });
      for (const { text, word, index } of find(sourceCode.text))
        context.report({ loc: sourceCode.getLocFromIndex(index), messageId: 'old', data: { text, say: word.say } });
    },
  }),
};
