"""`python -m bench.peer PORT WORKERS`: creates the schema and serves until SIGTERM."""

from __future__ import annotations

import asyncio

import typer
import uvicorn

from bench.peer.database import create_schema


def main(port: int, workers: int) -> None:
    """Creates the schema and serves until SIGTERM."""
    asyncio.run(create_schema())
    uvicorn.run(
        "bench.peer.app:app",
        host="127.0.0.1",
        port=port,
        workers=workers,
        access_log=False,
        log_level="warning",
    )


if __name__ == "__main__":
    typer.run(main)
