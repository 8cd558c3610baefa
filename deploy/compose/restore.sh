#!/bin/sh
# sh deploy/compose/restore.sh FILE: restores the database from a file of backup.sh, and the photos from FILE.photos.tar if that is
# beside it. Later changes are lost; docs/operations.md explains what to do about that. The programs are stopped meanwhile; as many
# replicas of each are started again. Nothing is stopped or deleted before the files have been read to their end.
set -eu
if [ -z "${COMPOSE:-}" ]; then
    COMPOSE="docker compose"
    command -v docker-compose >/dev/null 2>&1 && COMPOSE=docker-compose
fi
PATIENCE=${PATIENCE:-60}
file=${1:?usage: sh deploy/compose/restore.sh FILE}
photos=$file.photos.tar
[ -r "$file" ] || { echo "$file cannot be read." >&2; exit 1; }
programs="gateway identity directory booking payments notifications"

$COMPOSE up -d postgres
waited=0
until $COMPOSE exec -T postgres pg_isready -q -h 127.0.0.1 -U postgres; do
    waited=$((waited + 1))
    [ "$waited" -lt "$PATIENCE" ] || { echo "PostgreSQL is not ready; nothing was changed." >&2; exit 1; }
    sleep 1
done
$COMPOSE exec -T postgres pg_restore -f /dev/null <"$file" ||
    { echo "$file is not a complete file of backup.sh; nothing was changed." >&2; exit 1; }
if [ -e "$photos" ]; then
    tar -tf "$photos" >/dev/null || { echo "$photos is not a complete archive; nothing was changed." >&2; exit 1; }
else
    echo "There is no $photos: photos stay as they are." >&2
fi

# Without --scale, `up` would leave one replica of each.
scales=
for program in $programs; do
    count=$($COMPOSE ps -q "$program" | wc -w | tr -d ' ') # macOS pads the number
    [ "$count" -le 1 ] || scales="$scales --scale $program=$count"
done
$COMPOSE stop $programs
$COMPOSE exec -T postgres dropdb -U postgres --force --if-exists consultant_connect
$COMPOSE exec -T postgres createdb -U postgres consultant_connect
# Roles belong to the server and are not in the backup: on a new server the migrations create them, with the passwords in .env.
$COMPOSE run --rm migrate
$COMPOSE exec -T postgres pg_restore -U postgres --clean --if-exists --exit-on-error -d consultant_connect <"$file"
$COMPOSE run --rm migrate
[ ! -e "$photos" ] || $COMPOSE run --rm --no-deps -T directory tar -C /data -xf - <"$photos"
# `up` and not `start`: on a new machine there are no containers yet.
$COMPOSE up -d $scales $programs
