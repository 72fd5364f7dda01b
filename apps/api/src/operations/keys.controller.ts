import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { ApiKeys, Caller, RequireScope, SCOPES, type ApiKey, type ApiScope, type Principal } from '#access';
import {
  DayOrInstant,
  Described,
  FreeText,
  harmless,
  Ids,
  ManyOf,
  Matching,
  NotEmpty,
  OptionalOrNull,
  Whole,
} from '#fields';
import { ref } from '#schema';
import { readBody } from '../commands/body-reader.js';
import { answers, itemsOf } from '../docs/shapes.js';

export class NewKey {
  @Described('Channel id, or * for staff.')
  @Matching(/^(\*|[a-z0-9][a-z0-9._-]{0,63})$/, {
    example: 'web',
    message: 'channel must be the id of a channel, or *',
  })
  channel!: string;

  @Described('Who or what uses it.')
  @NotEmpty()
  @FreeText(200, 'Web shop, production', harmless('The name of an API key.'))
  name!: string;

  @Described('Rights that the calling key has, too.', ['stock:read', 'orders:place', 'orders:read'])
  @ManyOf(SCOPES)
  scopes!: ApiScope[];

  @Described('Binds the key to these locations: see docs/http-api.md.')
  @OptionalOrNull()
  @Ids(1, 100)
  locations?: string[];

  @OptionalOrNull()
  @DayOrInstant()
  expiresAt?: string;
}

export class Rotation {
  @Described('How long the old key still works. Default: 3600.')
  @OptionalOrNull()
  @Whole(0, 30 * 86_400)
  overlapSeconds?: number;
}

/** API keys. A secret is shown once, when its key is created. */
@ApiTags('keys')
@Controller('v1/keys')
@RequireScope('keys:manage')
export class KeysController {
  constructor(private readonly keys: ApiKeys) {}

  @Post()
  @ApiBody({ type: NewKey })
  @ApiCreatedResponse(answers(ref('NewKeyAnswer')))
  @ApiOperation({
    summary: 'Creates a key with scopes that the calling key has, too. Only this answer has the secret.',
  })
  async create(@Body() body: unknown, @Caller() creator: Principal, @Res() reply: FastifyReply) {
    const { expiresAt, ...key } = readBody(NewKey, body);
    const expiry = expiresAt && { expiresAt: new Date(expiresAt) };
    const created = await this.keys.create({ ...key, ...expiry }, creator);
    void reply
      .status(201)
      .headers({ location: `/v1/keys/${created.keyId}`, 'cache-control': 'no-store' })
      .send({ ...shown(created), secret: created.secret });
  }

  @Get()
  @ApiOkResponse(answers(itemsOf('Key')))
  @ApiOperation({ summary: 'Lists the keys without secrets, the newest first, with revoked ones.' })
  async list() {
    return { items: (await this.keys.list()).map(shown) };
  }

  @Post(':keyId/rotate')
  @ApiBody({ type: Rotation, required: false })
  @ApiCreatedResponse(answers(ref('NewKeyAnswer')))
  @ApiOperation({ summary: 'Creates a second key like this one, which still works for the overlap.' })
  async rotate(
    @Param('keyId') keyId: string,
    @Body() body: unknown,
    @Caller() creator: Principal,
    @Res() reply: FastifyReply,
  ) {
    const { overlapSeconds = 3600 } = readBody(Rotation, body ?? {});
    const created = await this.keys.rotate(keyId, overlapSeconds, creator);
    void reply
      .status(201)
      .headers({ location: `/v1/keys/${created.keyId}`, 'cache-control': 'no-store' })
      .send({ ...shown(created), secret: created.secret });
  }

  @Delete(':keyId')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revokes a key. Every process refuses it within ten seconds.' })
  async revoke(@Param('keyId') keyId: string): Promise<void> {
    await this.keys.revoke(keyId);
  }
}

const shown = ({ keyId, channel, name, scopes, locations, createdAt, expiresAt, lastUsedAt, revokedAt }: ApiKey) => ({
  keyId,
  channel,
  name,
  scopes,
  locations: locations ?? null,
  createdAt,
  expiresAt: expiresAt ?? null,
  lastUsedAt: lastUsedAt ?? null,
  revokedAt: revokedAt ?? null,
});
