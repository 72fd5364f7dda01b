import { existsSync } from 'node:fs';
import { personalPaths, type EventDefinition } from '#kernel';
import { publicType, publishedCategories, topicOf, UNPUBLISHED_FIELDS } from '#kafka-publisher';
import { actorsOn, WHY_NOBODY_ACTS } from '#processes';
import { commandNotes, streamTypes } from '#registry';
import { code, linkTo, page } from './markdown.ts';

const INTRO =
  'Streams are named `<category>-<id>`. The version is that of the shape, of which the link behind it shows an example; data of ' +
  'older versions is translated when it is read. Sealed fields hold personal data, which is encrypted. What is published has a name ' +
  'and version of its own and never has sealed fields, nor fields called ' +
  `${[...UNPUBLISHED_FIELDS].join(', ')}; an event` +
  ' that is not published appears as `com.kontor.withheld.v1`. The ' +
  'processes (see processes.md) and views in memory that act on it come last; read models show every event of their streams.';

const commandsThatRecord = (type: string) =>
  Object.entries(commandNotes)
    .filter(([, { events }]) => new RegExp(`\\b${type}\\b`).test(events))
    .map(([command]) => code(command));

const exampleOf = (type: string, version: number) => {
  const path = `test/golden/events/${type}.v${version}.json`;
  return existsSync(path) ? linkTo(path, `v${version}`) : `v${version}`;
};

const lineOf = (category: string, type: string, definition: EventDefinition) => {
  const published = publicType(category, type);
  const commands = commandsThatRecord(type);
  const sealed = personalPaths(definition);
  return [
    `- **${code(type)}** ${exampleOf(type, definition.version)}`,
    published === undefined ? 'not published' : `published as ${code(published)}`,
    ...(sealed.length > 0 ? [`sealed: ${sealed.map(code).join(', ')}`] : []),
    ...(commands.length > 0 ? [`by ${commands.join(', ')}`] : []),
    actorsText(category, type),
  ].join('; ');
};

const actorsText = (category: string, type: string) => {
  const actors = actorsOn(category, type);
  return actors.length > 0
    ? `acted on by ${actors.map(code).join(', ')}`
    : `nobody acts on it: ${WHY_NOBODY_ACTS[type]}`;
};

/** Each event with its version, published name, sealed fields, the commands that record it and who acts on it. */
export const eventsPage = (): string =>
  page(
    'Events',
    INTRO,
    streamTypes.map(({ category, events }) => [
      publishedCategories.includes(category)
        ? `${category} (topic ${topicOf(category)})`
        : `${category} (not published)`,
      Object.entries<EventDefinition>(events).map(([type, definition]) => lineOf(category, type, definition)),
    ]),
  );
