import { commandNotes } from '#registry';
import { code, linkTo, page } from './markdown.ts';
import { areas, type Requirement } from './requirements.ts';
import { type Sources } from './sources.ts';

const INTRO =
  'What unified commerce is expected to do, and what shows that Kontor does it: commands that serve it, tests, a page. Each has an id, ' +
  'to which [commands.md](commands.md) refers.';

const commandsThatServe = (id: string) =>
  Object.entries(commandNotes)
    .filter(([, { serves }]) => serves.split(', ').includes(id))
    .map(([command]) => code(command));

const lineOf = ({ id, capability, tests = [], page: other, missing }: Requirement, sources: Sources) => {
  const shown = [
    ...tests.map((name) => linkTo(sources.test(name))),
    ...(other === undefined ? [] : [`[${other.replace('../', '')}](${other})`]),
  ];
  return [
    `- <a id="${id.toLowerCase()}"></a>**${id}** ${capability}`,
    ...(missing === undefined ? [] : [missing]),
    ...(shown.length > 0 ? [shown.join(' · ')] : []),
    ...(commandsThatServe(id).length > 0 ? [commandsThatServe(id).join(', ')] : []),
  ].join('; ');
};

/** @throws Error for a note of a command that names a requirement that does not exist */
const checkNotes = () => {
  const known = new Set(areas.flatMap(({ requirements }) => requirements.map(({ id }) => id)));
  for (const [command, { serves }] of Object.entries(commandNotes))
    for (const id of serves.split(', '))
      if (!known.has(id)) throw new Error(`The note of ${command} names the requirement ${id}, which does not exist`);
};

/** Each requirement with what serves and shows it. */
export const requirementsPage = (sources: Sources): string => {
  checkNotes();
  return page(
    'Requirements',
    INTRO,
    areas.map(({ title, requirements }) => [title, requirements.map((requirement) => lineOf(requirement, sources))]),
  );
};
