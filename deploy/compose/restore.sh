#!/bin/sh
# sh deploy/compose/restore.sh FILE: restores the database from a file of backup.sh. Later changes are lost; docs/operations.md
# explains what to do about that. The programs are stopped meanwhile, and started again.
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
# Roles belong to the server and are not in the backup: on a new server the migrations create them, with the passwords in .env.
$COMPOSE run --rm migrate
$COMPOSE exec -T postgres pg_restore -U postgres --clean --if-exists --exit-on-error -d consultant_connect <"$file"
$COMPOSE run --rm migrate
$COMPOSE start $programs
