#!/bin/sh
# sh deploy/compose/roll.sh booking payments: replaces the replicas of each service without downtime. The same number of new ones is
# started beside the old ones; when all are healthy the old ones are stopped, and if they do not become healthy the new ones are removed.
# COMPOSE is the compose command (docker-compose, or "docker compose -f … --env-file …").
set -eu
if [ -z "${COMPOSE:-}" ]; then
    COMPOSE="docker compose"
    command -v docker-compose >/dev/null 2>&1 && COMPOSE=docker-compose
fi
PATIENCE=${PATIENCE:-180}

containers() { # the container ids of service $1, except those in $2
    for id in $($COMPOSE ps -q "$1"); do
        case " $2 " in *" $id "*) ;; *) printf '%s ' "$id" ;; esac
    done
}

healthy() {
    for id; do
        [ "$(docker inspect -f '{{.State.Health.Status}}' "$id")" = healthy ] || return 1
    done
}

roll() {
    service=$1
    old=$(containers "$service" "")
    count=$(printf '%s' "$old" | wc -w)
    [ "$count" -gt 0 ] || { echo "$service does not run." >&2; return 1; }
    scaled=yes
    $COMPOSE up -d --no-deps --no-build --no-recreate --scale "$service=$((count * 2))" "$service" || scaled=no
    new=$(containers "$service" "$old")
    waited=0
    while [ "$scaled" = yes ] && ! healthy $new; do
        sleep 1
        waited=$((waited + 1))
        [ "$waited" -lt "$PATIENCE" ] || scaled=no
    done
    if [ "$scaled" = no ]; then
        echo "$service: the new replicas did not get ready; the old ones stay." >&2
        [ -z "$new" ] || docker rm -f $new >/dev/null
        [ "$service" != gateway ] || echo "Two gateways cannot have one port: see balancer in .env.example." >&2
        return 1
    fi
    for id in $old; do
        docker stop -t 30 "$id" >/dev/null
        docker rm "$id" >/dev/null
    done
    echo "$service: $count replaced"
}

[ $# -gt 0 ] || { echo "usage: sh deploy/compose/roll.sh SERVICE …" >&2; exit 2; }
for service; do
    roll "$service"
done
