import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AccessGuard, AnyKey, Caller, Public, RequireScope } from './access.guard.js';
import { ApiKeys } from './api-keys.js';
import { type Principal } from './principal.js';

const principals: Record<string, Principal> = {
  web: { keyId: 'k1', channel: 'web', scopes: new Set(['orders:read']), isStaff: false },
  store: {
    keyId: 'k3',
    channel: 'till',
    scopes: new Set(['orders:read']),
    isStaff: false,
    locations: new Set(['store-1']),
  },
  staff: { keyId: 'k2', channel: 'system', scopes: new Set(['orders:read']), isStaff: true },
};

@Controller()
class Routes {
  @Get('open')
  @Public()
  open() {
    return 'open';
  }

  @Get('orders')
  @RequireScope('orders:read')
  orders(@Caller() { keyId, channel, isStaff }: Principal) {
    return { keyId, channel, isStaff };
  }

  @Get('stock')
  @RequireScope('stock:read')
  stock() {
    return 'stock';
  }

  @Get('commands')
  @AnyKey()
  commands() {
    return 'commands';
  }

  @Get('locations/:locationId')
  @RequireScope('orders:read')
  location() {
    return 'location';
  }

  @Get('forgotten')
  forgotten() {
    return 'forgotten';
  }
}

const keys = { authenticate: (secret: string) => Promise.resolve(principals[secret]) };

@Module({
  controllers: [Routes],
  providers: [
    { provide: ApiKeys, useValue: keys },
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
})
class App {}

describe('the access guard', () => {
  let app: INestApplication;
  const get = async (path: string, secret?: string, channel?: string) => {
    const headers = new Headers();
    if (secret) headers.set('authorization', `Bearer ${secret}`);
    if (channel) headers.set('kontor-channel', channel);
    const answer = await fetch(`${await app.getUrl()}${path}`, { headers });
    const body = await answer.text();
    return { status: answer.status, challenge: answer.headers.get('www-authenticate'), body };
  };
  const caller = async (secret: string, channel?: string): Promise<unknown> =>
    JSON.parse((await get('/orders', secret, channel)).body);

  beforeAll(async () => {
    app = await NestFactory.create(App, new FastifyAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());

  it.each(['web', 'staff', undefined])('refuses a route without an access rule to the key %s', async (secret) => {
    expect((await get('/forgotten', secret)).status).toBe(403);
  });

  it('opens public routes to everyone', async () => {
    expect((await get('/open')).status).toBe(200);
  });

  it('refuses a request without a key', async () => {
    const answer = await get('/orders');
    expect([answer.status, answer.challenge]).toEqual([401, 'Bearer realm="kontor"']);
  });

  it('refuses an invalid key', async () => {
    const answer = await get('/orders', 'stolen');
    expect(answer.status).toBe(401);
    expect(answer.challenge).toBe('Bearer realm="kontor", error="invalid_token"');
    expect(answer.body).not.toContain('stolen');
    expect((await get('/commands')).status).toBe(401);
  });

  it('refuses a key without the scope', async () => {
    expect((await get('/stock', 'web')).status).toBe(403);
    expect((await get('/commands', 'web')).status).toBe(200);
  });

  it('passes the principal to the handler', async () => {
    expect(await caller('web')).toEqual({ keyId: 'k1', channel: 'web', isStaff: false });
    expect((await get('/orders', 'web', 'web')).status).toBe(200);
  });

  it('lets only staff act for another channel', async () => {
    expect(await caller('staff')).toMatchObject({ channel: 'system' });
    expect(await caller('staff', 'till-1')).toMatchObject({ channel: 'till-1', isStaff: true });
    expect((await get('/orders', 'staff', '*')).status).toBe(403);
    expect((await get('/orders', 'web', 'till-1')).status).toBe(403);
  });

  it('keeps a key that is bound to locations to them', async () => {
    expect((await get('/locations/store-1', 'store')).status).toBe(200);
    expect((await get('/orders?locationId=store-1', 'store')).status).toBe(200);
    expect((await get('/locations/store-2', 'web')).status).toBe(200);
  });
});
