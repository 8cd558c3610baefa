#!/bin/sh
# For the Dockerfile: installs the locked packages of these extras into /venv (sh packages.sh --extra payments …).
set -eu
# litestar's dependencies for its command line and example data: 40 MB that nothing here imports.
unused="faker polyfactory rich rich-click pygments"
# Payments creates receipts with fpdf2, which needs Pillow (21 MB) only for pictures; receipts have none.
case "$*" in *"--extra payments"*) unused="$unused pillow" ;; esac
# shellcheck disable=SC2046,SC2086
uv export --quiet --frozen --no-dev --no-emit-project --no-header $(printf -- '--no-emit-package %s ' $unused) "$@" \
    -o /tmp/requirements.txt
uv pip install --quiet --no-cache --python /venv --no-deps --require-hashes \
    ${PIP_INDEX_URL:+--default-index "$PIP_INDEX_URL"} -r /tmp/requirements.txt
# Babel has the locale data of the whole world, 35 MB: mails need that of their languages, and what it inherits from.
find /venv -path '*/babel/locale-data/*' ! -name 'root.dat' ! -name 'en*.dat' ! -name 'de*.dat' ! -name 'ar*.dat' -delete
python slim.py /venv
