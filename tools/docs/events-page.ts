import { existsSync } from 'node:fs';
import { type EventDefinition } from '#kernel';
import { publicType, topicOf } from '#kafka-publisher';
import { commandNotes, streamTypes } from '#registry';
import { code, linkTo, page } from './markdown.ts';

const INTRO =
  'Streams are named `<category>-<id>`. The version is that of the shape, of which the link behind it shows an example; data of ' +
  'older versions is translated when it is read. Sealed fields hold personal data, which is encrypted. What is published has a name ' +
  'and version of its own and never has sealed fields; an event that is not published appears as `com.kontor.withheld.v1`.';

const commandsThatRecord = (type: string) =>
  Object.entries(commandNotes)
    .filter(([, { events }]) => new RegExp(`\\b${type}\\b`).test(events))
    .map(([command]) => code(command));

const exampleOf = (type: string, version: number) => {
  const path = `test/golden/events/${type}.v${version}.json`;
  return existsSync(path) ? linkTo(path, `v${version}`) : `v${version}`;
};

const lineOf = (category: string, type: string, { version, personal = [] }: EventDefinition) => {
  const published = publicType(category, type);
  const commands = commandsThatRecord(type);
  return [
    `- **${code(type)}** ${exampleOf(type, version)}`,
    published === undefined ? 'not published' : `published as ${code(published)}`,
    ...(personal.length > 0 ? [`sealed: ${personal.map(code).join(', ')}`] : []),
    ...(commands.length > 0 ? [`by ${commands.join(', ')}`] : []),
  ].join('; ');
};

/** Each event with its version, its published name, its sealed fields and the commands that record it. */
export const eventsPage = (): string =>
  page(
    'Events',
    INTRO,
    streamTypes.map(({ category, events }) => [
      `${category} (topic ${topicOf(category)})`,
      Object.entries<EventDefinition>(events).map(([type, definition]) => lineOf(category, type, definition)),
    ]),
  );
