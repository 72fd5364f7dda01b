import { type StreamingRead } from '@eventstore/db-client';

/** Reads to the end; fails when the server sends nothing for `timeoutMs`, however long the caller takes in between. */
export async function* inTime<Event>(reading: StreamingRead<Event>, timeoutMs: number): AsyncIterable<Event> {
  reading.on('error', () => undefined); // also after the end, when nobody else listens
  let waiting = true;
  const timer = setTimeout(() => {
    if (waiting) reading.destroy(new Error(`nothing read within ${timeoutMs} ms`));
    else timer.refresh();
  }, timeoutMs);
  let ended = false;
  try {
    for await (const event of reading.iterator({ destroyOnReturn: false }) as AsyncIterable<Event>) {
      waiting = false;
      yield event;
      waiting = true;
      timer.refresh();
    }
    ended = true;
  } finally {
    clearTimeout(timer);
    if (!ended)
      reading
        .resume()
        .cancel()
        .catch(() => undefined); // read to its end, or the client would keep it
  }
}
