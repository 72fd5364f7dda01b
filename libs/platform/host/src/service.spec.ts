import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createHttpHost, createLog, listenAt, MetricsRegistry, NestLog, type Readiness } from './service.js';

const logAt = (level: string) => {
  const lines: string[] = [];
  const logger = createLog('worker', level, { write: (line) => void lines.push(line) });
  return { logger, logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
};

describe('the log', () => {
  it('is one line of JSON for each message', () => {
    const { logger, logged } = logAt('info');
    logger.info({ consumer: 'relay' }, 'consumer has recovered');
    expect(logged()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        app: 'worker',
        message: 'consumer has recovered',
        consumer: 'relay',
      },
    ]);
  });

  it.each([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
    ['silent', 0],
  ])('at level %s has %d of four messages', (level, count) => {
    const { logger, logged } = logAt(level);
    for (const each of ['debug', 'info', 'warn', 'error'] as const) logger[each]('message');
    expect(logged()).toHaveLength(count);
  });

  it('takes what Nest and its classes say, with their source', () => {
    const { logger, logged } = logAt('info');
    const log = new NestLog(logger);
    log.log({ message: 'started', url: 'http://api' }, 'api');
    log.log('AppModule dependencies initialized', 'InstanceLoader');
    log.warn('The feed has ended', 'feed');
    log.error('It failed', 'Error: It failed\n    at here', 'batch');
    expect(logged()).toMatchObject([
      { level: 'info', source: 'api', message: 'started', url: 'http://api' },
      { level: 'warn', source: 'feed', message: 'The feed has ended' },
      { level: 'error', source: 'batch', message: 'It failed', stack: 'Error: It failed\n    at here' },
    ]);
  });
});

describe('metrics', () => {
  it('are looked up when they are read', async () => {
    const metrics = new MetricsRegistry();
    let lag = 3;
    const add = () =>
      metrics.addGauge({ name: 'lag', help: 'Lag.', labels: ['consumer'] }, () =>
        Promise.resolve(lag === 0 ? [] : ([[{ consumer: 'relay' }, lag]] as const)),
      );
    add();
    metrics.addCounter({ name: 'drops_total', help: 'Drops.' }, () => 7);
    expect(await metrics.metrics()).toContain('\nlag{consumer="relay"} 3\n');
    expect(await metrics.metrics()).toContain('\ndrops_total 7\n');
    lag = 0;
    expect(await metrics.metrics()).not.toContain('lag{');
  });

  it('tell of the process, too', async () =>
    expect(await new MetricsRegistry().metrics()).toContain('process_cpu_seconds_total'));
});

describe('the host of health and metrics', () => {
  let readiness: Readiness = { troubles: [] };
  const host = createHttpHost({
    metrics: new MetricsRegistry(),
    checkReadiness: () => Promise.resolve(readiness),
  });
  host.get<{ Params: { id: string }; Querystring: { state: string } }>(
    '/items/:id',
    { config: { query: ['state', 'after'] } },
    ({ params: { id }, query: { state } }) => Promise.resolve([id, state]),
  );
  host.post('/items', ({ body }) => Promise.resolve(body));
  let url: string;
  const ask = async (path: string) => {
    const answer = await fetch(url + path);
    return { status: answer.status, body: await answer.text(), type: answer.headers.get('content-type') };
  };
  beforeAll(async () => {
    url = await listenAt(host, '127.0.0.1', 0);
  });
  afterAll(() => host.close());
  afterEach(() => {
    readiness = { troubles: [] };
  });

  it('is live', async () =>
    expect(await ask('/health/live')).toMatchObject({ status: 200, body: '{"status":"live"}' }));

  it('is ready while nothing keeps it from its work', async () =>
    expect(await ask('/health/ready')).toMatchObject({ status: 200, body: '{"status":"ready","troubles":[]}' }));

  it('is not ready otherwise, and says why', async () => {
    readiness = { troubles: ['relay: the broker does not answer'], details: { cut: [] } };
    const { status, body } = await ask('/health/ready');
    expect(status).toBe(503);
    expect(JSON.parse(body)).toEqual({ status: 'not ready', ...readiness, details: undefined, cut: [] });
  });

  it('has metrics in the format of Prometheus', async () =>
    expect(await ask('/metrics')).toMatchObject({
      status: 200,
      type: expect.stringMatching(/^text\/plain; version=/),
    }));

  it.each([
    ['{"reason":"late"}', 200, '{"reason":"late"}'],
    ['{"reason":"late","reason":"lost"}', 400, 'It has the name \\"reason\\" twice'],
    ['{"__proto__":{}}', 400, '__proto__ is not a name for a field'],
    ['', 400, 'It is not JSON'],
  ])('reads the body %s as JSON that means one thing', async (body, status, text) => {
    const answer = await fetch(`${url}/items`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(text)]);
  });

  it('has nothing else', async () => expect(await ask('/')).toMatchObject({ status: 404 }));

  it.each([
    ['/health/ready?nonsense=1', 'nonsense is no parameter of this path: it has none'],
    ['/metrics?constructor=1', 'constructor is no parameter of this path: it has none'],
    ['/items/1?state=open&q=abc', 'q is no parameter of this path: it has state, after'],
    ['/items/1?state=open&state=closed', 'state may be given once'],
    ['/items/1?after=%00', 'after may not have control characters'],
    ['/items/%00?state=open', 'id may not have control characters'],
  ])('refuses %s', async (path, title) => {
    const { status, body, type } = await ask(path);
    expect([status, type, JSON.parse(body)]).toEqual([
      400,
      expect.stringContaining('application/problem+json'),
      { status: 400, title },
    ]);
  });

  it('takes the parameters that a route names', async () => {
    expect(await ask('/items/1?state=open')).toMatchObject({ status: 200, body: '["1","open"]' });
    expect(await ask('/nothing?nonsense=1')).toMatchObject({ status: 404 });
  });
});
