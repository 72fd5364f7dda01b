import { WITHHELD } from '#capability';
import { capabilities } from './capabilities.js';

/** Topic → categories of the streams whose events it carries. */
export const publishedTopics: Readonly<Record<string, readonly string[]>> = capabilities.reduce<
  Record<string, readonly string[]>
>((all, { published, streams }) => {
  if (typeof published !== 'object') return all;
  const { topic } = published;
  return { ...all, [topic]: [...(all[topic] ?? []), ...streams.map(({ category }) => category)] };
}, {});

const versions: ReadonlyMap<string, number> = new Map(
  capabilities.flatMap(({ published }) => (typeof published === 'object' ? Object.entries(published.events) : [])),
);

/** The version of what is published of an event; undefined for one that is withheld, or not the product's. */
export const publishedVersionOf = (eventType: string): number | undefined => {
  const version = versions.get(eventType);
  return version === WITHHELD ? undefined : version;
};
