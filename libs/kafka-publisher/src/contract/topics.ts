import { publishedTopics } from '#registry';

/** Contains the current availability of each SKU on each channel, not events: the newest record of a key is valid. */
export const AVAILABILITY_TOPIC = 'kontor.availability.v1';

/** The categories whose events can change availability. */
export const availabilityCategories: readonly string[] = ['stock', 'location', 'channel', 'kit'];

const topicByCategory: ReadonlyMap<string, string> = new Map(
  Object.entries(publishedTopics).flatMap(([topic, categories]) =>
    categories.map((category) => [category, topic] as const),
  ),
);

export const publishedCategories: readonly string[] = [...topicByCategory.keys()];

/** @throws Error for a category that no topic carries */
export const topicOf = (category: string): string => {
  const topic = topicByCategory.get(category);
  if (topic === undefined) throw new Error(`No topic carries ${category}: is it in the manifest of a capability?`);
  return topic;
};
