#!/bin/sh
# sh deploy/compose/restore.sh FILE: puts the database back to what backup.sh wrote. What came after it is gone; docs/operations.md
# says what to do about that. The programs are stopped meanwhile, and started again.
set -eu
if [ -z "${COMPOSE:-}" ]; then
    COMPOSE="docker compose"
    command -v docker-compose >/dev/null 2>&1 && COMPOSE=docker-compose
fi
file=${1:?usage: sh deploy/compose/restore.sh FILE}
[ -r "$file" ] || { echo "$file cannot be read." >&2; exit 1; }
programs="gateway identity directory booking payments notifications"
$COMPOSE stop $programs
$COMPOSE exec -T postgres dropdb -U postgres --force --if-exists consultant_connect
$COMPOSE exec -T postgres createdb -U postgres consultant_connect
# The roles are the server's and in no backup: on a new server the migrations make them, with the passwords of .env.
$COMPOSE run --rm migrate
$COMPOSE exec -T postgres pg_restore -U postgres --clean --if-exists --exit-on-error -d consultant_connect <"$file"
$COMPOSE run --rm migrate
$COMPOSE start $programs
