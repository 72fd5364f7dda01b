#!/bin/sh
# For each variable NAME_FILE, sets NAME to what the file holds; then runs the command in its place.
set -eu
for name in KONTOR_EVENTSTORE_URL EVENTSTORE_URL DATABASE_URL DATABASE_APP_URL DATABASE_BI_URL KONTOR_KEK KONTOR_KEK_PREVIOUS KONTOR_KEY PAYMENT_PROVIDER_SECRET; do
  eval "file=\${${name}_FILE:-}"
  if [ -n "$file" ]; then
    value=$(cat "$file")
    export "$name=$value"
    unset "${name}_FILE"
  fi
done
exec "$@"
