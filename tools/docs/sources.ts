import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Source {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

const isTest = ({ path }: Source) => /\.(spec|int-spec)\.ts$/.test(path);

const read = (): readonly Source[] =>
  ['apps', 'libs', 'test'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.fixture\.ts$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
      .map((path) => ({ path, text: readFileSync(path, 'utf8') })),
  );

const countOf = (text: string, word: string) => text.split(new RegExp(`\\b${word}\\b`)).length - 1;

/** The sources of the product and of its tests, asked where something is written. */
export class Sources {
  private readonly all = read();
  private readonly tests = this.all.filter(isTest);
  private readonly product = this.all.filter((source) => !isTest(source) && !source.path.startsWith('test/'));

  /** @returns the file that decides a command, or else the one that translates it into another command */
  decisionOf(command: string): string | undefined {
    const within = (folder: string) => this.product.filter(({ path }) => path.includes(folder));
    const decides = within('/domain/').find(({ text }) => text.includes(`case '${command}'`));
    return (decides ?? this.mostAbout(command, within('/domain/')) ?? this.mostAbout(command, within('/write/')))?.path;
  }

  /** @returns the tests that are most about a command: one next to the code, and one of the whole product */
  testsOf(command: string): readonly string[] {
    const among = (folder: RegExp) =>
      this.mostAbout(
        command,
        this.tests.filter(({ path }) => folder.test(path)),
      );
    const nearby = among(/^libs\/commerce\/[a-z-]+\/src\/domain\//) ?? among(/^libs\/(commerce|flows)\//);
    return [nearby, among(/^test\/journeys\//)].flatMap((found) => (found ? [found.path] : []));
  }

  /** @returns the processes that send a command */
  processesThatSend(command: string): readonly string[] {
    return this.product
      .filter(({ path, text }) => path.startsWith('libs/flows/') && new RegExp(`'${command}'`).test(text))
      .map(({ path }) => path);
  }

  /** @throws Error where there is no such test */
  test(name: string): string {
    const found = this.tests.filter(({ path }) => new RegExp(`(^|/)${name}\\.(spec|int-spec)\\.ts$`).test(path));
    const best = found.find(({ path }) => path.startsWith('test/')) ?? found[0];
    if (!best) throw new Error(`There is no test ${name}: correct tools/docs/requirements.ts`);
    return best.path;
  }

  /** @returns the tests whose names or comments name an invariant */
  testsThatName(invariant: string): readonly string[] {
    return this.tests.filter(({ text }) => countOf(text, invariant) > 0).map(({ path }) => path);
  }

  private mostAbout(command: string, among: readonly Source[]): Source | undefined {
    const counts = among.map((source) => ({ source, count: countOf(source.text, command) }));
    const [best] = counts.filter(({ count }) => count > 0).toSorted((a, b) => b.count - a.count);
    return best?.source;
  }
}
