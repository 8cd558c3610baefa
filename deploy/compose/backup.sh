#!/bin/sh
# sh deploy/compose/backup.sh FILE: writes a consistent copy of the whole running database to FILE, and the photos of the volume
# "photos" to FILE.photos.tar (both readable only by you). Photos at s3:// are not copied: the archive is empty then.
set -eu
if [ -z "${COMPOSE:-}" ]; then
    COMPOSE="docker compose"
    command -v docker-compose >/dev/null 2>&1 && COMPOSE=docker-compose
fi
file=${1:?usage: sh deploy/compose/backup.sh FILE}
umask 077
trap 'rm -f "$file.part" "$file.photos.tar.part"' EXIT
$COMPOSE exec -T postgres pg_dump -U postgres -Fc consultant_connect >"$file.part"
# A truncated file has no table of contents, or lacks some of its entries.
$COMPOSE exec -T postgres pg_restore -f /dev/null <"$file.part"
# After the database, so that every photo that the copy of the database names is there.
# tar ends with 1 if a photo was added or deleted meanwhile; the others are whole then.
$COMPOSE run --rm --no-deps -T directory sh -c 'tar -C /data -cf - . || [ $? -eq 1 ]' >"$file.photos.tar.part"
tar -tf "$file.photos.tar.part" >/dev/null
mv "$file.photos.tar.part" "$file.photos.tar"
mv "$file.part" "$file"
for written in "$file" "$file.photos.tar"; do
    echo "$written: $(wc -c <"$written" | tr -d ' ') bytes"
done
