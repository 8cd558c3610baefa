#!/bin/sh
# For the Dockerfile: keeps only the files of program $1 in the working folder, and writes ./start (its start command) and ./imports
# (the modules that import all others).
set -eu
program=$1
case "$program" in
    identity | directory | booking | payments | notifications)
        find services -mindepth 1 -maxdepth 1 -type d ! -name "$program" -exec rm -r {} +
        rm -r gateway sandbox web deploy
        run="shared.serve $program" imports="shared.serve services.$program.app"
        ;;
    gateway)
        rm -r services sandbox
        run="shared.serve gateway" imports="shared.serve gateway.app"
        ;;
    sandbox)
        mkdir kept && mv shared/__init__.py shared/currencies.py kept
        rm -r services gateway web shared deploy sandbox/mail
        mv kept shared
        run="sandbox.stripe" imports="sandbox.stripe.__main__ pydantic.type_adapter"
        ;;
    mail-sandbox)
        rm -r services gateway web shared deploy sandbox/stripe
        run="sandbox.mail" imports="sandbox.mail.__main__ pydantic.type_adapter"
        ;;
    migrate)
        rm -r gateway sandbox web deploy
        find services -mindepth 2 -maxdepth 2 ! -name migrations -exec rm -r {} +
        run="shared.migrate" imports="shared.migrate"
        ;;
    *)
        echo "SERVICE must be identity, directory, booking, payments, notifications, gateway, sandbox, mail-sandbox or migrate, not '$program'." >&2
        exit 1
        ;;
esac
find . -type d -name tests -prune -exec rm -r {} +
rm -rf shared/testing
printf '#!/bin/sh\nexec python -m %s "$@"\n' "$run" >start
printf '%s' "$imports" >imports
chmod 755 start
