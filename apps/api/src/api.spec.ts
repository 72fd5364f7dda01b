import { beforeAll, describe, expect, it } from '@jest/globals';
import { aDelivery, aLocation, as, ask, eventsOf, get, logged, routes, send, staff, store } from './api.fixture.js';

describe('every route', () => {
  /** Routes that need no key: they are public, or signed webhooks. */
  const open = /^(GET|HEAD) \/($|docs|problems|openapi|health|metrics)|^POST \/v1\/webhooks\//;
  const closed = () => routes.all().filter((route) => !open.test(route));

  it('answers 401 without a key or with a wrong one', async () => {
    expect(closed().length).toBeGreaterThan(15);
    for (const route of closed()) {
      const [method = '', url = ''] = route.split(' ');
      for (const headers of [{}, as('nobody')]) {
        const { status, headers: answered } = await ask(method, url, headers);
        expect([route, status, answered['www-authenticate']]).toEqual([route, 401, expect.stringContaining('Bearer')]);
      }
    }
  });

  it('answers 403 to a key without its scope', async () => {
    for (const route of closed().filter((one) => !one.includes('/commands'))) {
      const [method = '', url = ''] = route.split(' ');
      const { status } = await ask(method, url, as('web,ledger:write'));
      expect([route, status]).toEqual([route, 403]);
    }
  });
});

describe('a command', () => {
  beforeAll(async () => {
    await send('RegisterLocation', aLocation);
  });

  it('is answered with its stream, revision, position and events', async () => {
    const { status, headers, body } = await send('ReceiveStock', aDelivery, { 'idempotency-key': '"first"' });
    expect(status).toBe(200);
    expect(body).toEqual({
      commandId: expect.any(String),
      stream: 'stock-MUG~store-1',
      revision: 0,
      position: expect.any(Number),
      events: [{ id: expect.any(String), type: 'StockReceived' }],
      repeated: false,
    });
    expect(headers).toMatchObject({ etag: '"0"', 'kontor-position': expect.stringMatching(/^\d+$/) });
    const again = await send('ReceiveStock', { ...aDelivery }, { 'idempotency-key': 'first' });
    expect(again.body).toEqual({ ...(body as object), repeated: true });
    expect(again.headers['idempotency-replayed']).toBe('true');
  });

  it('is recorded with actor, channel, time, correlation id and trace', async () => {
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await send(
      'ReceiveStock',
      { ...aDelivery, sku: 'TRACED' },
      {
        'kontor-channel': 'till',
        'kontor-occurred-at': '2020-01-31T10:00:00+01:00',
        'kontor-correlation-id': '8E03978E-40D5-43E8-BC93-6894A57F9324',
        traceparent: trace,
      },
    );
    const [recorded] = await eventsOf('stock-TRACED~store-1');
    expect(recorded?.envelope).toMatchObject({
      channel: 'till',
      actor: 'key:*',
      occurredAt: '2020-01-31T09:00:00.000Z',
      correlationId: '8e03978e-40d5-43e8-bc93-6894a57f9324',
      traceparent: trace,
    });
  });

  it('needs the scope of its contract', async () => {
    const { status, body } = await send('ReceiveStock', aDelivery, as('web,stock:read'));
    expect([status, body]).toEqual([
      403,
      expect.objectContaining({ type: '/problems/forbidden', scope: 'stock:write' }),
    ]);
  });

  it('is refused with the available quantity when stock is insufficient', async () => {
    const owner = { type: 'cart', id: 'c-1' };
    const body = { sku: 'MUG', locationId: 'store-1', reservationId: 'r-1', quantity: 50, kind: 'hard', owner };
    expect(await send('ReserveStock', body)).toMatchObject({
      status: 409,
      body: { type: '/problems/insufficient-stock', available: 5, reservationId: 'r-1' },
    });
  });

  it.each([
    { problem: 'without a key', headers: { 'idempotency-key': '' }, code: 'idempotency-key-missing' },
    { problem: 'with an unknown name', name: 'BurnStock', status: 404, code: 'unknown-command' },
    { problem: 'with the name of a built-in property', name: 'constructor', status: 404, code: 'unknown-command' },
    { problem: 'of the future', headers: { 'kontor-occurred-at': '2999-01-01T00:00:00Z' }, code: 'validation-failed' },
    { problem: 'under a condition', headers: { 'if-match': '"7"' }, code: 'validation-failed' },
    { problem: 'that is not JSON', body: '{"sku":', code: 'malformed-request' },
    { problem: 'with a name twice', body: '{"sku":"MUG","sku":"CUP"}', code: 'malformed-request' },
    { problem: 'with a prototype', body: '{"__proto__":{"sku":"MUG"}}', code: 'malformed-request' },
    {
      problem: 'of another type',
      headers: { 'content-type': 'text/csv' },
      status: 415,
      code: 'unsupported-media-type',
    },
    {
      problem: 'of a form',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      status: 415,
      code: 'unsupported-media-type',
    },
    {
      problem: 'of lines',
      headers: { 'content-type': 'application/x-ndjson' },
      status: 415,
      code: 'unsupported-media-type',
    },
    { problem: 'that is too large', body: { ref: 'x'.repeat(1_100_000) }, status: 413, code: 'too-large' },
    {
      problem: 'for another channel',
      headers: { ...as('web'), 'kontor-channel': 'till' },
      status: 403,
      code: 'forbidden',
    },
  ])(
    '$problem is refused with a problem',
    async ({ name = 'ReceiveStock', body = aDelivery, headers = {}, status = 400, code }) => {
      const answer = await send(name, body, headers);
      expect(answer).toMatchObject({ status, body: { type: `/problems/${code}`, code, status } });
      expect(answer.headers['content-type']).toContain('application/problem+json');
    },
  );

  it('that is no UTF-8 is refused, and the first wrong byte is named', async () => {
    const body = Buffer.from(JSON.stringify({ ...aDelivery, ref: 'café' }), 'latin1');
    const headers = { ...staff, 'idempotency-key': 'latin-1', 'content-type': 'application/json' };
    expect(await ask('POST', '/v1/commands/ReceiveStock', headers, body)).toMatchObject({
      ...{ status: 400 },
      body: { code: 'malformed-request', detail: `It is not UTF-8: see byte ${body.indexOf(0xe9) + 2}.` },
    });
  });

  it('with a name twice is refused, and the name and its place are named', async () => {
    const answer = await send('PlaceOrder', '{"orderId":"o-9","lines":[{"sku":"A","sku":"B"}]}');
    expect(answer).toMatchObject({ status: 400, body: { detail: 'lines.0 has the name "sku" twice.' } });
  });

  it('with an unknown name is refused with that name in the detail', async () => {
    expect((await send('BurnStock', {})).body).toMatchObject({ detail: expect.stringContaining('command BurnStock') });
  });

  it('whose outcome is unknown is repeated by the runner', async () => {
    store.faults.set(store.appends + 1, 'before');
    const key = { 'idempotency-key': 'unsure' };
    const first = send('ReceiveStock', { ...aDelivery, sku: 'UNSURE' }, key);
    expect(await first).toMatchObject({ status: 200 });
  });
});

describe('an order', () => {
  const place = (orderId: string, headers: Readonly<Record<string, string>>) =>
    send(
      'PlaceOrder',
      {
        orderId,
        lines: [{ lineId: '1', sku: 'MUG', quantity: 1, unitPrice: { amount: 850, scale: 2 }, method: 'ship' }],
      },
      { ...as('web'), ...headers },
    );

  beforeAll(async () => {
    await send('RegisterLocation', aLocation);
    await send('ConfigureChannel', {
      channelId: 'web',
      name: 'Web',
      kind: 'web',
      currency: 'GBP',
      locale: 'en-GB',
      locations: [{ locationId: 'store-1', methods: ['ship'], safetyStock: 0 }],
      reservationTtlSeconds: 900,
      promisesIncoming: false,
    });
  });

  it('is answered with 202 and its location without Prefer', async () => {
    const { status, headers, body } = await place('o:1', {});
    expect([status, headers['location'], body]).toEqual([
      202,
      '/v1/orders/o%3A1',
      expect.objectContaining({ state: 'pending' }),
    ]);
    const [placed] = await eventsOf('order-o:1');
    expect(placed?.envelope.correlationId).toBe('o:1');
  });

  it('is answered with its outcome when the caller waits', async () => {
    expect(await place('o-2', { prefer: 'wait=5' })).toMatchObject({ status: 200, body: { state: 'confirmed' } });
  });
});

describe('a batch', () => {
  const batch = async (...lines: (object | string)[]) => {
    const payload = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
    const { text, status } = await ask(
      'POST',
      '/v1/commands',
      { ...staff, 'content-type': 'application/x-ndjson' },
      payload,
    );
    expect(status).toBe(200);
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const line = (id: string, more: object = {}) => ({
    command: 'ReceiveStock',
    id,
    data: { ...aDelivery, sku: 'BATCHED' },
    ...more,
  });

  it('gets one answer for each line, and a bad line does not stop the others', async () => {
    const answers = await batch(
      { command: 'RegisterLocation', id: 'b0', data: aLocation },
      line('b1'),
      'not json',
      { id: 'b2' },
      '',
      line('b3', { command: 'BurnStock' }),
      line('b4', { data: { sku: 'BATCHED' } }),
      line('b5', { channel: 'till', occurredAt: '2020-01-31T10:00:00Z' }),
      line('b6', { occurredAt: '2999-01-31T10:00:00Z' }),
      line('b1'),
    );
    expect(answers.map(({ line: number, status, code }) => [number, status, code])).toEqual([
      [1, 200, undefined],
      [2, 200, undefined],
      [3, 400, 'malformed-request'],
      [4, 400, 'validation-failed'],
      [6, 404, 'unknown-command'],
      [7, 400, 'validation-failed'],
      [8, 200, undefined],
      [9, 400, 'validation-failed'],
      [10, 200, undefined],
    ]);
    expect(answers.at(-1)).toMatchObject({ id: 'b1', repeated: true });
    const recorded = await eventsOf('stock-BATCHED~store-1');
    expect(recorded.map(({ envelope }) => envelope.channel)).toEqual(['system', 'till']);
  });

  it('carries out commands for the same stream in their order', async () => {
    const lines = Array.from({ length: 300 }, (_, index) =>
      line(`s${index}`, { data: { ...aDelivery, sku: `S${index % 3}`, ref: String(index) } }),
    );
    const answers = await batch(...lines);
    expect(answers.map(({ line: number }) => number)).toEqual(lines.map((_, index) => index + 1));
    const recorded = await eventsOf('stock-S1~store-1');
    const refs = recorded.map(({ event }) => Number((event.data as { ref: string }).ref));
    expect(refs).toEqual(refs.toSorted((a, b) => a - b));
    expect(refs).toHaveLength(100);
  });

  it('cannot act for another channel', async () => {
    const headers = { ...as('web'), 'content-type': 'application/x-ndjson' };
    const lines = ['web', 'till'].map((channel) => JSON.stringify(line(`c-${channel}`, { channel })));
    const { text } = await ask('POST', '/v1/commands', headers, lines.join('\n'));
    const [own, other] = text.split('\n').map((one) => (one === '' ? {} : (JSON.parse(one) as object)));
    expect([own, other]).toMatchObject([{ status: 200 }, { status: 403, code: 'forbidden' }]);
  });

  it('refuses a line that is too long and goes on', async () => {
    const answers = await batch(line('l1'), 'x'.repeat(1_100_000), line('l2'));
    expect(answers.map(({ status }) => status)).toEqual([200, 413, 200]);
  });

  it('says which line is no UTF-8, or has a name twice', async () => {
    const good = JSON.stringify(line('u1'));
    const latin1 = Buffer.from(JSON.stringify(line('u2', { data: { ...aDelivery, ref: '£5' } })), 'latin1');
    const body = Buffer.concat([
      Buffer.from(`${good}\n`),
      latin1,
      Buffer.from(`\n${good.replace('{', '{"id":"u3",')}`),
    ]);
    const headers = { ...staff, 'content-type': 'application/x-ndjson' };
    const { text } = await ask('POST', '/v1/commands', headers, body);
    const answers = text.trim().split('\n');
    expect(answers.map((one) => JSON.parse(one) as object)).toMatchObject([
      { line: 1, status: 200 },
      {
        line: 2,
        status: 400,
        code: 'malformed-request',
        detail: expect.stringMatching(/^It is not UTF-8: see byte \d+/),
      },
      { line: 3, status: 400, code: 'malformed-request', detail: 'It has the name "id" twice.' },
    ]);
  });

  it('is refused as a JSON document', async () => {
    const answer = await ask('POST', '/v1/commands', { ...staff, 'content-type': 'application/json' }, '{}');
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } });
  });
});

describe('a read', () => {
  it('ahead of the read model is answered with Retry-After', async () => {
    const newest = String(store.events.at(-1)?.position);
    const headers = { ...as('*,stock:read'), 'kontor-min-position': newest };
    const answer = await get('/v1/availability?channel=web&sku=MUG', headers);
    expect(answer).toMatchObject({
      status: 503,
      body: { code: 'not-caught-up', retryable: true },
      headers: { 'retry-after': '1' },
    });
  });

  it('that waits for a position without an event is refused', async () => {
    const headers = { ...as('*,stock:read'), 'kontor-min-position': '7' };
    const errors = [{ field: 'Kontor-Min-Position' }];
    const answer = await get('/v1/availability?channel=web&sku=MUG', headers);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation-failed', errors } });
  });

  it('of the feed after a position without an event is refused', async () => {
    const refusal = { status: 400, body: { code: 'validation-failed', errors: [{ field: 'after' }] } };
    expect(await get('/v1/feed?after=7', as('*,feed:read,stock:read'))).toMatchObject(refusal);
    expect(await get('/v1/feed', { ...as('*,feed:read,stock:read'), 'last-event-id': '7' })).toMatchObject(refusal);
  });

  it.each([
    ['/v1/availability', 'sku'],
    ['/v1/availability?sku=a~b', 'sku'],
    ['/v1/availability?sku=MUG&channel=web&channel=till', 'channel'],
    ['/v1/stock/MUG/store-1?asOf=yesterday', 'asOf'],
    ['/v1/stock/MUG/store-1/explain?limit=0', 'limit'],
  ])('of %s is refused for its %s', async (url, field) => {
    expect(await get(url)).toMatchObject({ status: 400, body: { code: 'validation-failed', errors: [{ field }] } });
  });

  it('of the availability of another channel is forbidden', async () => {
    const answer = await get('/v1/availability?sku=MUG&channel=till', as('web,stock:read'));
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it('explains the stock of a SKU with special characters', async () => {
    await send('RegisterLocation', aLocation);
    await send('ReceiveStock', { ...aDelivery, sku: 'A/B C+1' });
    expect(await get('/v1/stock/A%2FB%20C%2B1/store-1/explain')).toMatchObject({
      status: 200,
      body: { level: { sku: 'A/B C+1', onHand: 5 }, events: [{ type: 'StockReceived', atpEffect: 5 }] },
    });
  });

  it('that fails answers only an id, under which the log has the cause', async () => {
    const { status, body } = await get('/v1/stock/MUG');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toMatch(/database|DataSource|stack|\.ts/);
    expect(JSON.stringify(logged)).toContain((body as { id: string }).id);
  });

  it('counts against the rate limit of its key', async () => {
    const key = as('web,network:read');
    const answers = [];
    for (let i = 0; i < 7; i++) answers.push(await get('/v1/locations', key));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    expect(answers.at(-1)?.headers['retry-after']).toBe('1');
  });
});

describe('a path', () => {
  it.each([
    ['GET', '/v1/nothing', 404, 'not-found'],
    ['PUT', '/v1/locations', 405, 'method-not-allowed'],
    ['GET', '/v1/stock/%zz', 400, 'malformed-request'],
    ['GET', `/v1/stock/${'x'.repeat(300)}`, 413, 'too-large'],
    ['GET', '/problems/constructor', 404, 'not-found'],
    ['QUERY', '/v1/status', 405, 'method-not-allowed'],
  ] as const)('%s %s is refused with a problem', async (method, url, status, code) => {
    expect(await ask(method, url)).toMatchObject({ status, body: { code } });
  });

  it('lists its methods in Allow', async () => {
    expect((await ask('DELETE', '/v1/stock/a%2Fb/store-1')).headers['allow']).toBe('GET, HEAD');
  });

  it.each(['/', '/problems', '/problems/insufficient-stock', '/health/live'])('%s is open to everyone', async (url) =>
    expect((await ask('GET', url)).status).toBe(200),
  );
});
