import { type DataSource } from 'typeorm';
import { migrate } from './migrate.js';

/** Deletes everything derived from the log: rows of read models, process instances, snapshots and positions of consumers. */
const RESET_CONSUMERS = `
  DO $$
  DECLARE build record;
  BEGIN
    IF to_regclass('system.projection_checkpoint') IS NULL THEN RETURN; END IF;
    FOR build IN SELECT p.name || '__' || p.build AS name FROM system.projection p WHERE p.status = 'live' LOOP
      EXECUTE format('TRUNCATE read.%I', build.name);
    END LOOP;
    DELETE FROM system.parked;
    UPDATE system.projection_checkpoint SET position = 0, last_event = 0, last_event_mark = NULL, epoch = epoch + 1;
  END $$;
  DELETE FROM system.snapshot;
  DELETE FROM system.view;
  DELETE FROM system.process_instance;
  DELETE FROM system.process_parked;
  UPDATE system.process SET position = 0, epoch = epoch + 1;
  DELETE FROM system.relay_parked;
  UPDATE system.relay_topic SET position = 0;
  UPDATE system.relay SET epoch = epoch + 1;
  DELETE FROM channels.inbox_held;
  DELETE FROM channels.inbox;
  UPDATE channels.consumer SET position = 0;
  UPDATE channels.promise SET told = 0, wanted = 1;
  DELETE FROM keys.lost_key;
  UPDATE keys.checked SET position = 0;`;

/**
 * Makes every consumer read the log from its start, after the log was replaced. Commands that processes send again have the
 * same ids as before, so none is carried out twice that its stream remembers (`maxRememberedCommands`). Kontor must not be running.
 */
export const startOver = async (db: DataSource): Promise<void> => {
  await migrate(db);
  await db.transaction((tx) => tx.query(RESET_CONSUMERS));
};
