import { describe, expect, it } from '@jest/globals';
import { SCOPES } from '#access';
import { as, app, ask, get, routes } from '../api.fixture.js';
import { openApiOf } from '../docs/openapi.js';

let keys = 0;
/** A key that may do everything, with a budget of its own. */
const anyKey = () => as(`*,${SCOPES.join(',')},budget${keys++}`);

const split = (route: string) => {
  const [method = '', path = ''] = route.split(' ');
  return { method, path };
};

const errorsOf = ({ body }: { readonly body: Readonly<Record<string, unknown>> }) => body['errors'];

describe('every route', () => {
  it('refuses a parameter that it does not have', async () => {
    expect(routes.all().length).toBeGreaterThan(40);
    for (const route of routes.all()) {
      const { method, path } = split(route);
      const answer = await ask(method, `${path.replaceAll(/:\w+/g, 'x')}?nonsense=1`, anyKey());
      expect([route, answer.status]).toEqual([route, 400]);
      if (method !== 'HEAD') {
        const errors = [{ field: 'nonsense', message: expect.stringContaining('is no parameter of this path') }];
        expect([route, errorsOf(answer)]).toEqual([route, errors]);
      }
    }
  });

  it('refuses an id that no database can hold', async () => {
    const withIds = routes.all().filter((route) => route.includes(':') && !route.startsWith('HEAD'));
    expect(withIds.length).toBeGreaterThan(17);
    for (const route of withIds) {
      const { method, path } = split(route);
      for (const id of ['%00', 'a%00b', '%EF%BF%BF', 'a%0Ab']) {
        const answer = await ask(method, path.replaceAll(/:\w+/g, id), anyKey());
        expect([route, id, answer.status]).toEqual([route, id, 400]);
      }
      for (const id of ['%ff', '%ED%A0%80']) {
        const answer = await ask(method, path.replaceAll(/:\w+/g, id), anyKey());
        expect([route, id, answer.status, answer.body['code']]).toEqual([route, id, 400, 'malformed-request']);
      }
    }
  });

  it('has the parameters that its documentation names', async () => {
    for (const [path, item] of Object.entries(openApiOf(app).paths)) {
      const { parameters = [] } = item.get ?? {};
      for (const parameter of parameters) {
        if (!('in' in parameter) || parameter.in !== 'query') continue;
        const answer = await get(`${path.replaceAll(/\{\w+\}/g, 'x')}?${parameter.name}=%00`, anyKey());
        const errors = [{ field: parameter.name, message: expect.stringContaining('control characters') }];
        expect([path, answer.status, errorsOf(answer)]).toEqual([path, 400, errors]);
      }
    }
  });

  it('has no parameter of what every object has', async () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(await get(`/v1/orders?${name}=1`, anyKey())).toMatchObject({
        status: 400,
        body: { errors: [{ field: name }] },
      });
    }
  });
});

describe('a list', () => {
  it.each([
    ['/v1/orders?cursor=x', 'cursor'],
    [`/v1/orders?cursor=${Buffer.from('["x","y"]').toString('base64url')}`, 'cursor'],
    [`/v1/orders?cursor=${Buffer.from('["2026-02-30T00:00:00.000Z","y"]').toString('base64url')}`, 'cursor'],
    [`/v1/orders?cursor=${Buffer.from('["2026-01-30T00:00:00.000Z","\\u0000"]').toString('base64url')}`, 'cursor'],
    ['/v1/orders?cursor=', 'cursor'],
    ['/v1/orders/o-1/timeline?cursor=x', 'cursor'],
    ['/v1/orders/o-1/timeline?cursor=-1', 'cursor'],
    ['/v1/locations/store-1/worklist?cursor=x', 'cursor'],
    ['/v1/locations/store-1/appointments?day=2026-02-30', 'day'],
    ['/v1/locations/store-1/appointments?day=0000-01-01', 'day'],
    ['/v1/orders/o-1?asOf=2026-02-30T00:00:00Z', 'asOf'],
    ['/v1/orders?state=lost', 'state'],
    ['/v1/orders?fields=lines,holds', 'fields'],
    ['/v1/orders?fields=', 'fields'],
    ['/v1/orders?limit=1.5', 'limit'],
    ['/v1/reservations?sku=MUG&overdue=maybe', 'overdue'],
    ['/v1/reservations?sku=MUG,CUP', 'sku'],
    ['/v1/availability?sku=MUG&channel=the%20web', 'channel'],
  ])('%s is refused for its %s', async (url, field) => {
    expect(await get(url, anyKey())).toMatchObject({
      status: 400,
      body: { code: 'validation-failed', errors: [{ field }] },
    });
  });
});
