import { readFileSync } from 'node:fs';
import { biViews } from '#registry';
import { code } from './markdown.ts';

export const BI_PAGE = 'docs/bi.md';
const MARK = '<!-- views -->';

/** The words of the page, followed by each view with its columns. */
export const biPage = (): string => {
  const [words = ''] = readFileSync(BI_PAGE, 'utf8').split(MARK);
  const sections = biViews
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, comment, columns }) => {
      const lines = Object.entries(columns).map(
        ([column, { type, meaning }]) => `- ${code(column)} ${code(type)} ${meaning}`,
      );
      return `### ${name}\n\n${comment}.\n\n${lines.join('\n')}\n`;
    });
  return `${words.trimEnd()}\n\n${MARK}\n\n${sections.join('\n')}`;
};
