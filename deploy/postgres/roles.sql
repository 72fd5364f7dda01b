-- Roles of Kontor's database, for a server of your own. Run it once, as a superuser, in the database that is to be Kontor's:
--
--   createdb kontor
--   psql -d kontor -v owner_password=… -v app_password=… -v bi_password=… -f deploy/postgres/roles.sql
--
-- The embedded server runs this very file. It may be run again, to change passwords. Tables and their grants are made by
-- the worker, as kontor_owner.

DO $$
DECLARE
  role text;
BEGIN
  FOREACH role IN ARRAY ARRAY['kontor_owner', 'kontor_app', 'kontor_bi'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
      EXECUTE format('CREATE ROLE %I', role);
    END IF;
  END LOOP;
  EXECUTE format('ALTER DATABASE %I OWNER TO kontor_owner', current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO kontor_app, kontor_bi', current_database());
END $$;

-- DATABASE_URL: the worker. Owns the schema.
ALTER ROLE kontor_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';

-- DATABASE_APP_URL: the API. Reads under row-level security, writes only keys and snapshots.
ALTER ROLE kontor_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';
ALTER ROLE kontor_app SET idle_in_transaction_session_timeout = '60s';

-- Analysts: the views of schema bi, nothing else.
ALTER ROLE kontor_bi LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 20 PASSWORD :'bi_password';
ALTER ROLE kontor_bi SET default_transaction_read_only = on;
ALTER ROLE kontor_bi SET statement_timeout = '60s';
ALTER ROLE kontor_bi SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE kontor_bi SET search_path = bi;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
