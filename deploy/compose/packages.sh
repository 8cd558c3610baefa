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
site=$(echo /venv/lib/python3.*/site-packages)
# The sources of compiled modules, and what type checkers read: nothing that runs wants them.
find "$site" -type f \( -name '*.c' -o -name '*.cpp' -o -name '*.h' -o -name '*.hpp' -o -name '*.pyx' -o -name '*.pxd' \
    -o -name '*.pyi' \) -delete
# Payments and the gateway write documents and pictures upright in one weight. The font for Chinese, Japanese and Korean, 19 MB, has
# forms of a character for each language and hints for screens: one form of every character, without hints, is 9 MB.
case "$*" in *"--extra payments"* | *"--extra gateway"*)
    cjk="$site/noto_cjk_sans_otc/NotoSansCJK-Regular.ttc"
    /venv/bin/python -m fontTools.subset "$cjk" --font-number=0 --unicodes='*' --layout-features='' --no-hinting \
        --notdef-outline --output-file=/tmp/cjk
    mv /tmp/cjk "$cjk"
    find "$site"/fontpkg_*/files -type f ! -name 'Arimo?wght?.ttf' ! -name 'IBMPlexSansArabic-Regular.ttf' \
        ! -name 'NotoSans*?wdth,wght?.ttf' -delete
    rm -f "$site"/uharfbuzz/_harfbuzz_test.*
    ;;
esac
python slim.py /venv
