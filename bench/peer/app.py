"""The peer's application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from bench.peer import payments
from bench.peer.database import engine
from bench.peer.routes import router


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield
    await payments.client.aclose()
    await engine.dispose()


app = FastAPI(title="Consultant Connect's peer", lifespan=_lifespan)
app.include_router(router)


@app.get("/health/live")
async def live() -> dict[str, str]:
    """Whether it responds."""
    return {"status": "up"}
