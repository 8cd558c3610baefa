#!/bin/sh
# Writes .env (or the given file) from .env.example, with random secrets. In an existing file, values are kept, missing settings
# are added, and empty secrets get a value.
set -eu
case "${1:-}" in /*) file=$1 ;; *) file=${1:+$PWD/$1} ;; esac
cd "$(dirname "$0")/../.."
file=${file:-$PWD/.env}
umask 077

random() { # $1 random bytes in URL-safe base64, without padding
    head -c "$1" /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_'
}

hexadecimal() { # $1 random bytes
    head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'
}

secret() { # the value of secret $1
    case "$1" in
        STRIPE_SECRET_KEY) printf 'sk_test_%s' "$(hexadecimal 24)" ;;
        STRIPE_PUBLISHABLE_KEY) printf 'pk_test_%s' "$(hexadecimal 24)" ;;
        STRIPE_*WEBHOOK_SECRET) printf 'whsec_%s' "$(hexadecimal 24)" ;;
        *_PASSWORD) random 24 ;;
        SIGNING_KEY_SECRET | CALENDAR_SECRET | CURSOR_SECRET) random 32 ;;
        TURN_SECRET) random 24 ;;
    esac
}

made=$file.new.$$
trap 'rm -f "$made"' EXIT
if [ -f "$file" ]; then
    cat "$file"
    # An editor may have left the last line without an end: the first addition must not be appended to it.
    [ -z "$(tail -c 1 "$file")" ] || echo
    grep '^[A-Z]' .env.example | while IFS= read -r line; do
        grep -q "^${line%%=*}=" "$file" || printf '%s\n' "$line"
    done
else
    cat .env.example
fi | while IFS= read -r line || [ -n "$line" ]; do
    case "$line" in
        [A-Z]*=) printf '%s%s\n' "$line" "$(secret "${line%=}")" ;;
        *) printf '%s\n' "$line" ;;
    esac
done >"$made"
mv "$made" "$file"
echo "$file is complete. Next: docker-compose up -d (the first time it builds the images: some minutes)"
