#!/bin/sh
# sh deploy/compose/backup.sh FILE: a consistent copy of the whole database into FILE (readable by you alone), while all runs.
set -eu
if [ -z "${COMPOSE:-}" ]; then
    COMPOSE="docker compose"
    command -v docker-compose >/dev/null 2>&1 && COMPOSE=docker-compose
fi
file=${1:?usage: sh deploy/compose/backup.sh FILE}
umask 077
$COMPOSE exec -T postgres pg_dump -U postgres -Fc consultant_connect >"$file.part"
# What was cut off has no table of contents, or not all that it names.
$COMPOSE exec -T postgres pg_restore -f /dev/null <"$file.part"
mv "$file.part" "$file"
echo "$file: $(wc -c <"$file" | tr -d ' ') bytes"
