import { type Migration } from './migrations.js';

/** The tables of channel adapters: positions, deliveries, announced availability, and ids of other systems. */
export const CHANNEL_MIGRATIONS: readonly Migration[] = [
  {
    name: '006-channels',
    sql: `
      CREATE SCHEMA channels;
      COMMENT ON SCHEMA channels IS 'What channel adapters remember: what they have read, what they owe the other side';
      CREATE TABLE channels.consumer (
        name     text PRIMARY KEY,
        position bigint NOT NULL DEFAULT 0
      );
      CREATE TABLE channels.inbox (
        consumer  text NOT NULL,
        stream    text NOT NULL,
        revision  bigint NOT NULL,
        parked    text,
        parked_at timestamptz,
        PRIMARY KEY (consumer, stream)
      );
      CREATE INDEX inbox_parked ON channels.inbox (consumer) WHERE parked IS NOT NULL;
      CREATE TABLE channels.inbox_held (
        consumer text NOT NULL,
        stream   text NOT NULL,
        revision bigint NOT NULL,
        event    jsonb NOT NULL,
        PRIMARY KEY (consumer, stream, revision)
      );
      CREATE TABLE channels.promise (
        channel  text NOT NULL,
        sku      text NOT NULL,
        wanted   bigint NOT NULL,
        told     bigint NOT NULL DEFAULT 0,
        sequence bigint,
        state    jsonb,
        PRIMARY KEY (channel, sku)
      );
      CREATE INDEX promise_wanted ON channels.promise (channel, wanted) WHERE wanted > told;
      CREATE UNIQUE INDEX promise_in_sequence ON channels.promise (channel, sequence);
      CREATE TABLE channels.promise_sequence (
        channel  text PRIMARY KEY,
        sequence bigint NOT NULL
      );
      CREATE TABLE channels.endpoint (
        adapter       text NOT NULL,
        endpoint      text NOT NULL,
        since         timestamptz NOT NULL,
        failing_since timestamptz,
        last_error    text,
        disabled_at   timestamptz,
        PRIMARY KEY (adapter, endpoint)
      );
      CREATE TABLE channels.delivery (
        id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        adapter      text NOT NULL,
        endpoint     text NOT NULL,
        message_id   text NOT NULL,
        key          text NOT NULL,
        type         text NOT NULL,
        body         jsonb NOT NULL,
        position     bigint NOT NULL,
        state        text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead')),
        attempts     integer NOT NULL DEFAULT 0,
        next_at      timestamptz NOT NULL,
        created_at   timestamptz NOT NULL,
        delivered_at timestamptz,
        last_error   text,
        UNIQUE (adapter, endpoint, message_id)
      );
      CREATE INDEX delivery_pending ON channels.delivery (adapter, endpoint, next_at) WHERE state = 'pending';
      CREATE INDEX delivery_pending_key ON channels.delivery (adapter, endpoint, key, id) WHERE state = 'pending';
      CREATE INDEX delivery_dead ON channels.delivery (adapter, endpoint, id) WHERE state = 'dead';
      CREATE INDEX delivery_position ON channels.delivery (adapter, endpoint, position);`,
  },
  {
    name: '007-channel-mappings',
    sql: `
      CREATE TABLE channels.mapping (
        adapter text NOT NULL,
        kind    text NOT NULL,
        ours    text NOT NULL,
        theirs  text NOT NULL,
        data    jsonb NOT NULL DEFAULT '{}',
        PRIMARY KEY (adapter, kind, ours),
        UNIQUE (adapter, kind, theirs)
      );`,
  },
  {
    name: '008-till-lines',
    sql: `
      CREATE TABLE channels.till_line (
        adapter    text NOT NULL,
        till       text NOT NULL,
        digest     text NOT NULL,
        day        date NOT NULL,
        id         text NOT NULL,
        number     text NOT NULL,
        kind       text,
        at         timestamptz,
        state      text NOT NULL CHECK (state IN ('sent', 'waiting', 'recorded', 'refused')),
        sold       integer NOT NULL DEFAULT 0,
        returned   integer NOT NULL DEFAULT 0,
        amount     bigint NOT NULL DEFAULT 0,
        moving     integer NOT NULL DEFAULT 0,
        problem    jsonb,
        position   bigint,
        waits_for  text[] NOT NULL DEFAULT '{}',
        commands   jsonb,
        first_at   timestamptz NOT NULL,
        PRIMARY KEY (adapter, till, digest)
      );
      CREATE INDEX till_line_day ON channels.till_line (adapter, till, day);
      CREATE INDEX till_line_id ON channels.till_line (adapter, id);
      CREATE INDEX till_line_waiting ON channels.till_line (adapter) WHERE state = 'waiting';
      CREATE TABLE channels.till_movement (
        adapter   text NOT NULL,
        event     text NOT NULL,
        id        text NOT NULL,
        units     integer NOT NULL,
        shortfall jsonb,
        PRIMARY KEY (adapter, event)
      );
      CREATE INDEX till_movement_id ON channels.till_movement (adapter, id);`,
  },
];
