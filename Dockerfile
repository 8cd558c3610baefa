# One Dockerfile for every program: docker build --build-arg SERVICE=booking .
# (identity, directory, booking, payments, notifications, gateway, sandbox, mail-sandbox, migrate). Both builders do: nothing here needs BuildKit.
ARG PYTHON_IMAGE=python:3.13-slim-bookworm
ARG NODE_IMAGE=node:22-bookworm-slim

# ---- the web app: the same layers whatever SERVICE is, so built once
FROM ${NODE_IMAGE} AS web
ARG NPM_CONFIG_REGISTRY
WORKDIR /web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web ./
RUN npm run build

# ---- packages: first what all programs have in common, then what this one needs besides
FROM ${PYTHON_IMAGE} AS packages
ARG PIP_INDEX_URL
ARG UV_VERSION=0.13.9
RUN pip install --no-cache-dir "uv==${UV_VERSION}" && uv venv --quiet /venv
WORKDIR /lock
COPY pyproject.toml uv.lock deploy/compose/packages.sh deploy/compose/slim.py ./
# The lock names PyPI's addresses; by name and hash the packages may as well come from an index of yours.
RUN sh packages.sh --extra telemetry
ARG SERVICE
RUN case "${SERVICE}" in sandbox | migrate) ;; mail-sandbox) sh packages.sh --extra telemetry --extra sandbox ;; *) sh packages.sh --extra telemetry --extra "${SERVICE}" ;; esac

# ---- the program: of all the code, what this one runs
FROM ${PYTHON_IMAGE} AS program
WORKDIR /app
COPY shared shared
COPY services services
COPY gateway gateway
COPY sandbox sandbox
COPY --from=web /web/dist web/dist
COPY deploy/legal deploy/legal
COPY deploy/compose/healthy.py ./
COPY deploy/compose/program.sh /tmp/
ARG SERVICE
RUN sh /tmp/program.sh "${SERVICE}"

# ---- Python itself, without what only builds and shells want: a third of it
FROM ${PYTHON_IMAGE} AS python
COPY deploy/compose/slim.py /tmp/
# FriBiDi is for the gateway: Pillow loads it to put the letters of pictures in order. With 150 kB it may as well be everywhere.
RUN apt-get update -q && apt-get install -q -y --no-install-recommends libfribidi0
# /data is for the programs that keep files, the sandboxes: a new volume takes its owner from here.
RUN python /tmp/slim.py /usr/local && cd /usr/local/lib/python3.* \
    && rm -rf /tmp/slim.py /usr/local/include /usr/share/doc /usr/share/man /var/lib/apt/lists /var/cache \
        site-packages/* ensurepip idlelib lib2to3 tkinter turtledemo test \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin app && install -d -o app -g app /data

FROM scratch
COPY --from=python / /
COPY --from=packages /venv /venv
COPY --from=program /app /app
ENV PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 PYTHONUNBUFFERED=1 \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt
WORKDIR /app
# Compiled is what the program imports, and nothing else of all that is installed.
RUN python -c "import importlib, pathlib; [importlib.import_module(name) for name in pathlib.Path('imports').read_text().split()]"
# Rich is not installed (packages.sh), and without this typer would import it for every usage error.
ENV PYTHONDONTWRITEBYTECODE=1 TYPER_USE_RICH=0
USER app
CMD ["/app/start"]
