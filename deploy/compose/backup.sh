#!/bin/sh
# sh deploy/compose/backup.sh FILE: writes a consistent copy of the whole running database to FILE (readable only by you).
set -eu
if [ -z "${COMPOSE:-}" ]; then
    COMPOSE="docker compose"
    command -v docker-compose >/dev/null 2>&1 && COMPOSE=docker-compose
fi
file=${1:?usage: sh deploy/compose/backup.sh FILE}
umask 077
$COMPOSE exec -T postgres pg_dump -U postgres -Fc consultant_connect >"$file.part"
# A truncated file has no table of contents, or lacks some of its entries.
$COMPOSE exec -T postgres pg_restore -f /dev/null <"$file.part"
mv "$file.part" "$file"
echo "$file: $(wc -c <"$file" | tr -d ' ') bytes"
