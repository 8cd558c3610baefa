#!/bin/sh
# Synchronises .venv with uv.lock, installing uv from PyPI if missing. Silent if there is nothing to do.
set -eu
cd "$(dirname "$0")/../.."

UV_VERSION=0.13.9
stamp=.venv/.synced
wanted=$(cat pyproject.toml uv.lock deploy/local/bootstrap.sh | cksum)
is_done() {
    [ -x .venv/bin/python ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]
}
if is_done; then
    exit 0
fi

unset VIRTUAL_ENV PYTHONHOME PYTHONPATH || true
export UV_PROJECT_ENVIRONMENT=.venv
mkdir -p .cache

# One at a time: two stacks may be started at once. A lock older than ten minutes was left by a killed process.
lock=.cache/setup.lock
until mkdir "$lock" 2>/dev/null; do
    find "$lock" -maxdepth 0 -mmin +10 -exec rmdir {} + 2>/dev/null || true
    sleep 0.2
done
trap 'rmdir "$lock"' EXIT
trap 'exit 130' INT TERM HUP
if is_done; then
    exit 0
fi

log=.cache/setup.log
: >"$log"
began=$(date +%s)

fail() {
    printf '  ✗ %s\n' "$1" >&2
    if [ -s "$log" ]; then
        printf '\nThe end of %s:\n' "$PWD/$log" >&2
        tail -n 15 "$log" | sed 's/^/  | /' >&2
    fi
    exit 1
}

done_with() {
    printf '  ✓ %-58s %6s s\n' "$1" "$(($(date +%s) - began))" >&2 # stdout is for the result
    began=$(date +%s)
}

apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    { apt-get -o DPkg::Lock::Timeout=300 update -q || true; } >>"$log" 2>&1 </dev/null
    apt-get -o DPkg::Lock::Timeout=300 install -q -y --no-install-recommends "$@" >>"$log" 2>&1 </dev/null || fail "apt-get install $*"
    done_with "Install $* (Debian's package)"
}

need_python() {
    if command -v python3 >/dev/null 2>&1 && python3 -c 'import ensurepip, venv' >/dev/null 2>&1; then
        return
    fi
    if command -v apt-get >/dev/null 2>&1; then
        if [ "$(id -u)" = 0 ]; then
            apt_install python3 python3-venv ca-certificates
            return
        fi
        fail "Python with its venv module is missing: sudo apt-get install python3 python3-venv"
    fi
    fail "Python 3 is missing: brew install python3 (macOS), sudo dnf install python3 (Fedora)"
}

# Companies add their own certificate authority to the system's store, which neither pip nor uv use by default.
trust_what_the_system_trusts() {
    export UV_SYSTEM_CERTS=true UV_NATIVE_TLS=true
    if [ -z "${PIP_CERT:-}" ] && [ -f /etc/ssl/certs/ca-certificates.crt ]; then
        export PIP_CERT=/etc/ssl/certs/ca-certificates.crt
    fi
}

own_uv() {
    if ! [ -x .cache/uv/bin/uv ] || [ "$(.cache/uv/bin/uv --version | cut -d' ' -f2)" != "$UV_VERSION" ]; then
        need_python
        trust_what_the_system_trusts
        rm -rf .cache/uv
        python3 -m venv .cache/uv >>"$log" 2>&1 || fail "python3 -m venv .cache/uv"
        .cache/uv/bin/python -m pip install -q "uv==$UV_VERSION" >>"$log" 2>&1 || fail "pip install uv==$UV_VERSION"
        done_with "Install uv $UV_VERSION (.cache/uv)"
    fi
}

sync_with() {
    "$1" sync --frozen --all-extras >>"$log" 2>&1 </dev/null
}

trust_what_the_system_trusts
# The installed uv may be too old for this lock file: then use our own.
if ! { command -v uv >/dev/null 2>&1 && sync_with uv; }; then
    own_uv
    sync_with .cache/uv/bin/uv || fail "uv sync: Python packages"
fi
printf '%s' "$wanted" >"$stamp"
done_with "Python packages (.venv)"
