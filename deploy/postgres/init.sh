#!/bin/sh
# Runs once, in the official image of PostgreSQL, when its volume is empty.
set -eu
psql -v ON_ERROR_STOP=1 --username postgres --dbname kontor \
  -v owner_password="$(cat /run/secrets/owner_password)" \
  -v app_password="$(cat /run/secrets/app_password)" \
  -v bi_password="$(cat /run/secrets/bi_password)" \
  -f /kontor/roles.sql
