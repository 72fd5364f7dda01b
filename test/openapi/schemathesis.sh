#!/usr/bin/env bash
# Sends requests that Schemathesis makes from the served OpenAPI document to a Kontor of its own, with an administrator's key: no
# answer may be a 5xx, contradict its schema or have a status that the document does not have.
#   bash test/openapi/schemathesis.sh PROGRAM [CASES]    PROGRAM is `st` of Schemathesis 4, CASES the number of random ones per
#                                                        operation (default 20) besides those that cover the schemas
# Feeds never end, and revoking keys would revoke its own, so both are left out; so are batches, which it cannot write.
set -euo pipefail
st=$(realpath "$1") cases=${2:-20}
cd "$(dirname "$0")/../.."
data=$(mktemp -d)
node_modules/.bin/node bin/kontor.mjs --data "$data" up --port 0 >"$data/up.log" 2>&1 &
up=$!
trap 'kill "$up" 2>/dev/null || true; wait "$up" || true; rm -rf "$data"' EXIT
for _ in {1..600}; do
  [[ -f $data/run.json ]] && break
  kill -0 "$up" || { cat "$data/up.log"; exit 1; }
  sleep 0.2
done
url=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).apiUrl' "$data/run.json")
key=$(cat "$data/admin-key")
cd "$data" # where it keeps its own files
"$st" run "$url/openapi.json" -H "Authorization: Bearer $key" \
  --exclude-path /v1/feed --exclude-path /v1/commands --exclude-path-regex '/v1/keys/\{keyId\}' \
  --phases coverage,fuzzing --max-examples "$cases" --continue-on-failure --suppress-health-check all --warnings off --no-color \
  --checks not_a_server_error,response_schema_conformance,status_code_conformance,content_type_conformance
