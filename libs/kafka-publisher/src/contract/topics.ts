/** Topic → categories of the streams whose events it carries. Every category of the log is in one topic. */
export const TOPICS: Readonly<Record<string, readonly string[]>> = {
  'kontor.stock.v1': ['stock', 'transfer', 'kit'],
  'kontor.orders.v1': ['order', 'return', 'ledger'],
  'kontor.carts.v1': ['cart', 'appointment', 'reorderbutton'],
  'kontor.fulfillment.v1': ['fulfillment', 'shipment'],
  'kontor.payments.v1': ['payment', 'giftcard', 'voucher'],
  'kontor.customers.v1': ['customer'],
  'kontor.network.v1': ['location', 'channel', 'sourcingpolicy'],
};

/** State, not events: what each channel can promise now, the newest record of a key counts. */
export const AVAILABILITY_TOPIC = 'kontor.availability.v1';

/** What can change what is available. */
export const availabilityCategories: readonly string[] = ['stock', 'location', 'channel', 'kit'];

const topics: ReadonlyMap<string, string> = new Map(
  Object.entries(TOPICS).flatMap(([topic, categories]) => categories.map((category) => [category, topic] as const)),
);

export const publishedCategories: readonly string[] = [...topics.keys()];

/** @throws Error for a category that no topic carries */
export const topicOf = (category: string): string => {
  const topic = topics.get(category);
  if (topic === undefined) throw new Error(`No topic carries ${category}: add it to TOPICS in libs/kafka-publisher`);
  return topic;
};
