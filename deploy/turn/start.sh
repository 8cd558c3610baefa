#!/bin/sh
# Starts coturn with settings from the environment. The secret is passed in a file, because arguments are visible to all users.
set -eu
umask 077
{
    cat /etc/turnserver.conf
    echo "static-auth-secret=${TURN_SECRET:?is missing, run sh deploy/compose/make-env.sh}"
    echo "realm=${TURN_REALM:-consultant-connect}"
    if [ -n "${TURN_EXTERNAL_IP:-}" ]; then
        echo "external-ip=$TURN_EXTERNAL_IP"
        # Two browsers that both use this relay reach each other at its own address.
        echo "allowed-peer-ip=$TURN_EXTERNAL_IP"
    fi
} >/tmp/turnserver.conf
exec turnserver -c /tmp/turnserver.conf
