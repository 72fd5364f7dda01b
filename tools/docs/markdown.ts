import { basename } from 'node:path';

export const code = (text: string): string => `\`${text}\``;

/** A link from a page in docs/ to a file, under its own name. */
export const linkTo = (path: string, text = basename(path)): string => `[${text}](../${path})`;

/** With columns of equal width, as prettier writes them. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const padded = all.map((row) => line(row.map((cell, column) => cell.padEnd(widths[column] ?? 0))));
  return [...padded.slice(0, 1), line(widths.map((width) => '-'.repeat(width))), ...padded.slice(1)];
};

const HEAD = 'This page is generated: change what it is made from, and run `npm run docs`.';

const WIDTH = 120;

const wrapped = (text: string): string => {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = [lines.at(-1), word].filter(Boolean).join(' ');
    if (line.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line;
  }
  return lines.join('\n');
};

/** A page of sections, each with its lines. */
export const page = (
  title: string,
  intro: string,
  sections: readonly (readonly [title: string, lines: readonly string[]])[],
): string =>
  [
    `# ${title}`,
    wrapped(`${HEAD} ${intro}`),
    ...sections.flatMap(([heading, lines]) => [`## ${heading}`, lines.join('\n')]),
  ]
    .map((block) => `${block}\n`)
    .join('\n');

export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
