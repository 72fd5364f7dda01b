import { type Client } from './client.js';

export interface FeedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Yields server-sent events until the caller ends the iteration. */
export async function* feed(
  client: Client,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): AsyncGenerator<FeedEvent> {
  const end = new AbortController();
  try {
    const response = await client.open(path, { headers, signal: end.signal });
    if (!response.body || response.status !== 200) throw new Error(`No feed: ${response.status}`);
    let rest = '';
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + piece).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = eventOf(block);
        if (event) yield event;
      }
    }
  } finally {
    end.abort();
  }
}

/** @returns events up to the first that satisfies the condition, including it */
export const takeUntil = async (events: AsyncGenerator<FeedEvent>, isLast: (event: FeedEvent) => boolean) => {
  const taken: FeedEvent[] = [];
  for await (const event of events) {
    taken.push(event);
    if (isLast(event)) break;
  }
  return taken;
};

const eventOf = (block: string): FeedEvent | undefined => {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const [id, type, data] = [fields.get('id'), fields.get('event'), fields.get('data')];
  if (id === undefined || type === undefined || data === undefined) return undefined;
  return { id, type, data: JSON.parse(data) as FeedEvent['data'] };
};
