import { CHANNEL_MIGRATIONS } from './channel-migrations.js';

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** In the order of application. Never change a migration that was released; add another one. */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: '001-schemas-and-grants',
    sql: `
      CREATE SCHEMA read;
      CREATE SCHEMA keys;
      CREATE SCHEMA access;
      CREATE SCHEMA bi;
      COMMENT ON SCHEMA read IS 'Read models: can be dropped and rebuilt from the log';
      COMMENT ON SCHEMA system IS 'Checkpoints, snapshots, states of processes';
      COMMENT ON SCHEMA keys IS 'Keys of personal data: back up apart, and no longer than the deadline of an erasure';
      COMMENT ON SCHEMA access IS 'API keys';
      COMMENT ON SCHEMA bi IS 'Views for analysts, without personal data';
      GRANT USAGE ON SCHEMA read, system, keys, access TO kontor_app;
      GRANT USAGE ON SCHEMA bi TO kontor_bi;
      ALTER DEFAULT PRIVILEGES IN SCHEMA read GRANT SELECT ON TABLES TO kontor_app;
      ALTER DEFAULT PRIVILEGES IN SCHEMA system GRANT SELECT ON TABLES TO kontor_app;
      ALTER DEFAULT PRIVILEGES IN SCHEMA bi GRANT SELECT ON TABLES TO kontor_bi;
      GRANT SELECT ON system.migration TO kontor_app;`,
  },
  {
    name: '002-runtime',
    sql: `
      CREATE TABLE system.snapshot (
        stream   text PRIMARY KEY,
        revision bigint NOT NULL,
        version  integer NOT NULL,
        state    jsonb NOT NULL
      );
      CREATE TABLE system.process (
        name     text PRIMARY KEY,
        position bigint NOT NULL,
        epoch    bigint NOT NULL
      );
      CREATE TABLE system.process_instance (
        process  text NOT NULL,
        instance text NOT NULL,
        state    jsonb NOT NULL,
        position bigint NOT NULL,
        PRIMARY KEY (process, instance)
      );
      CREATE TABLE system.process_parked (
        process  text NOT NULL,
        instance text NOT NULL,
        position bigint NOT NULL,
        error    text NOT NULL,
        at       timestamptz NOT NULL,
        PRIMARY KEY (process, instance)
      );
      GRANT INSERT, UPDATE ON system.snapshot TO kontor_app;`,
  },
  {
    name: '003-keys',
    sql: `
      CREATE TABLE keys.subject_key (
        key_id     uuid PRIMARY KEY,
        subject    text NOT NULL,
        class      text NOT NULL,
        wrapped    bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (subject, class)
      );
      CREATE TABLE keys.service_key (
        name       text PRIMARY KEY,
        wrapped    bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      GRANT SELECT, INSERT, DELETE ON keys.subject_key TO kontor_app;
      GRANT SELECT, INSERT ON keys.service_key TO kontor_app;`,
  },
  {
    name: '004-access',
    sql: `
      CREATE TABLE access.api_key (
        key_id       text PRIMARY KEY,
        channel      text NOT NULL,
        name         text NOT NULL,
        scopes       text[] NOT NULL,
        hash         bytea NOT NULL,
        created_at   timestamptz NOT NULL DEFAULT now(),
        expires_at   timestamptz,
        last_used_at timestamptz,
        revoked_at   timestamptz
      );
      GRANT SELECT, INSERT, UPDATE (expires_at, last_used_at, revoked_at) ON access.api_key TO kontor_app;`,
  },
  {
    name: '005-relay',
    sql: `
      CREATE TABLE system.relay (
        name       text PRIMARY KEY,
        epoch      bigint NOT NULL,
        owner      text NOT NULL,
        touched_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE system.relay_topic (
        topic      text PRIMARY KEY,
        relay      text NOT NULL,
        partitions integer,
        position   bigint NOT NULL DEFAULT 0
      );
      CREATE TABLE system.relay_parked (
        relay    text NOT NULL,
        stream   text NOT NULL,
        revision bigint NOT NULL,
        position bigint NOT NULL,
        error    text NOT NULL,
        at       timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (relay, stream)
      );`,
  },
  ...CHANNEL_MIGRATIONS,
  {
    name: '020-what-parked-processes-wait-for',
    sql: `
      ALTER TABLE system.process_parked ADD stream text, ADD revision bigint;
      COMMENT ON COLUMN system.process_parked.stream IS 'With the revision: the event that failed. Rows of older versions have none';
      CREATE TABLE system.process_held (
        process  text NOT NULL,
        instance text NOT NULL,
        stream   text NOT NULL,
        revision bigint NOT NULL,
        position bigint NOT NULL,
        PRIMARY KEY (process, instance, stream, revision),
        FOREIGN KEY (process, instance) REFERENCES system.process_parked ON DELETE CASCADE
      );
      COMMENT ON TABLE system.process_held IS 'Events that came after the one that failed, for the same instance of a process';`,
  },
  {
    name: '021-locations-of-keys',
    sql: `
      ALTER TABLE access.api_key ADD locations text[];
      COMMENT ON COLUMN access.api_key.locations IS 'The locations that the key is bound to; null for all';`,
  },
  {
    name: '022-register-of-erasures',
    sql: `
      CREATE TABLE keys.erased_key (
        key_id    uuid PRIMARY KEY,
        erased_at timestamptz NOT NULL DEFAULT now()
      );
      COMMENT ON TABLE keys.erased_key IS 'Register of erasures: a key that is neither here nor in subject_key is lost';
      CREATE TABLE keys.lost_key (
        key_id     uuid PRIMARY KEY,
        stream     text NOT NULL,
        position   bigint NOT NULL,
        noticed_at timestamptz NOT NULL DEFAULT now()
      );
      COMMENT ON TABLE keys.lost_key IS 'Keys that the log needs, with the first event that was sealed under each of them';
      CREATE TABLE keys.checked (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        position bigint NOT NULL DEFAULT 0
      );
      COMMENT ON TABLE keys.checked IS 'The position up to which every key was stored, erased, or noticed to be lost';
      INSERT INTO keys.checked DEFAULT VALUES;
      GRANT SELECT, INSERT ON keys.erased_key TO kontor_app;
      GRANT SELECT ON keys.lost_key TO kontor_app;`,
  },
  {
    name: '023-deleted-kafka-records',
    sql: `
      CREATE TABLE system.deleted_records (
        consumer   text NOT NULL,
        topic      text NOT NULL,
        partition  integer NOT NULL,
        first      bigint NOT NULL,
        last       bigint NOT NULL,
        noticed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, topic, partition, first)
      );
      COMMENT ON TABLE system.deleted_records IS 'Records that Kafka deleted before a consumer had read them, until the topic is published again';
      GRANT INSERT ON system.deleted_records TO kontor_app;`,
  },
  {
    name: '024-views-in-memory',
    sql: `
      CREATE TABLE system.view (name text PRIMARY KEY, position bigint NOT NULL);
      COMMENT ON TABLE system.view IS 'Views that processes have in memory, and up to which position their events are in system.view_event';
      CREATE TABLE system.view_event (
        view     text NOT NULL REFERENCES system.view ON DELETE CASCADE,
        stream   text NOT NULL,
        revision bigint NOT NULL,
        position bigint NOT NULL,
        event    text NOT NULL,
        PRIMARY KEY (view, stream, revision)
      );
      COMMENT ON TABLE system.view_event IS 'The events of a view as they were recorded, as JSON: a process that starts need not look for them in the whole log';`,
  },
  {
    name: '025-replaced-service-keys',
    sql: `
      ALTER TABLE keys.service_key ADD replaces_lost boolean;
      COMMENT ON COLUMN keys.service_key.replaces_lost IS 'True if the key was made although the log had events already, so what older digests stand for is not found; false once that was accepted; null if the key was made for an empty log';`,
  },
  {
    name: '026-snapshots-as-text',
    sql: `
      TRUNCATE system.snapshot;
      ALTER TABLE system.snapshot ALTER COLUMN state TYPE text, ALTER COLUMN state SET STORAGE EXTERNAL;
      COMMENT ON COLUMN system.snapshot.state IS 'JSON, neither parsed nor compressed: it is written often, and read only when a stream is loaded';`,
  },
  {
    name: '027-years-of-keys',
    sql: `
      ALTER TABLE keys.subject_key ADD year smallint NOT NULL DEFAULT 0;
      ALTER TABLE keys.subject_key DROP CONSTRAINT subject_key_subject_class_key;
      ALTER TABLE keys.subject_key ADD UNIQUE (subject, class, year);
      COMMENT ON COLUMN keys.subject_key.class IS 'Retention class of the fields that are sealed under the key';
      COMMENT ON COLUMN keys.subject_key.year IS 'Calendar year (UTC, clock of the process that seals) of the events, for classes that are kept by year; 0 for others';`,
  },
];
