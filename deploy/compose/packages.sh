#!/bin/sh
# In the Dockerfile: installs into /venv what the lock has for these extras (sh packages.sh --extra payments …).
set -eu
# What litestar brings for its command line and for making example data, 40 MB that nothing here imports.
unused="faker polyfactory rich rich-click pygments"
# Payments draws receipts with fpdf2, which needs Pillow for pictures only: 21 MB, and receipts have none.
case "$*" in *"--extra payments"*) unused="$unused pillow" ;; esac
# shellcheck disable=SC2046,SC2086
uv export --quiet --frozen --no-dev --no-emit-project --no-header $(printf -- '--no-emit-package %s ' $unused) "$@" \
    -o /tmp/requirements.txt
uv pip install --quiet --no-cache --python /venv --no-deps --require-hashes \
    ${PIP_INDEX_URL:+--default-index "$PIP_INDEX_URL"} -r /tmp/requirements.txt
python slim.py /venv
