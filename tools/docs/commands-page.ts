import { type CommandNote } from '#capability';
import { type CommandContract } from '#event-store';
import { routes } from '#processes';
import { commandNotes, commands, eventDefinitions } from '#registry';
import { capitalized, code, linkTo, page } from './markdown.ts';
import { type Sources } from './sources.ts';

const INTRO =
  'Commands are sent with `POST /v1/commands/<Name>` or by Kafka; the fields of each are in `/docs` of a running Kontor. ' +
  'A key needs the scope that stands behind the name. `A?` is an event that is recorded only where it applies; ' +
  'what follows _then_ is recorded by processes, also in other streams. ' +
  'Behind the code and the tests stand the ids of [requirements](requirements.md) that the command serves.';

/** @throws Error for a command without a note, or a note that names an event that does not exist */
const noteOf = (command: string): CommandNote => {
  const note = commandNotes[command];
  if (!note) throw new Error(`Command ${command} has no note`);
  for (const [word] of `${note.events} ${note.then ?? ''}`.matchAll(/\b([A-Z][a-z]+){2,}\b/g))
    if (!(word in eventDefinitions) && !(word in routes) && !(word in commandNotes))
      throw new Error(`The note of ${command} names ${word}, which does not exist`);
  return note;
};

const capabilityOf = (path: string | undefined) => /^libs\/[a-z]+\/([a-z-]+)\//.exec(path ?? '')?.[1] ?? 'other';

const codeEvents = (text: string) => text.replaceAll(/\b(?:[A-Z][a-z]+){2,}\b\??/g, code);

const entryOf = ({ name, scope, summary }: CommandContract, sources: Sources) => {
  const { events, then, serves } = noteOf(name);
  const decision = sources.decisionOf(name);
  const links = [...(decision === undefined ? [] : [decision]), ...sources.testsOf(name)].map((path) => linkTo(path));
  return [
    `- **${code(name)}** (${code(scope)}) ${summary}`,
    `  ${codeEvents(events)}${then === undefined ? '' : `; _then_ ${codeEvents(then)}`}.`,
    `  ${links.join(' · ')} · ${serves}`,
  ];
};

const sentByProcesses = (sources: Sources) => {
  const sent = new Set(commands.map(({ name }) => name));
  return Object.keys(routes)
    .filter((name) => !sent.has(name))
    .toSorted()
    .map((name) => {
      const processes = sources.processesThatSend(name).map((path) => linkTo(path));
      return `- ${code(name)}${processes.length > 0 ? `: ${processes.join(', ')}` : ''}`;
    });
};

/** Each command with its scope, events, code, tests and the requirements that it serves. */
export const commandsPage = (sources: Sources): string => {
  const groups = Map.groupBy(commands, ({ name }) => capabilityOf(sources.decisionOf(name)));
  return page('Commands', INTRO, [
    ...[...groups].map(
      ([capability, contracts]) =>
        [capitalized(capability), contracts.flatMap((contract) => entryOf(contract, sources))] as const,
    ),
    ['Sent by processes only', sentByProcesses(sources)] as const,
  ]);
};
