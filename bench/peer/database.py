"""The engine, the request's session, and the schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from bench.peer.models import Base
from bench.peer.settings import settings

engine = create_async_engine(
    settings.database_url.replace("postgresql://", "postgresql+asyncpg://", 1),
    pool_size=settings.pool_size,
    max_overflow=0,
    connect_args={"server_settings": {"jit": "off"}},
)
sessions = async_sessionmaker(engine, expire_on_commit=False)


async def _session() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(_session)]


async def create_schema() -> None:
    """Creates missing extensions and tables."""
    async with engine.begin() as connection:
        for extension in ("pg_trgm", "btree_gist"):
            await connection.execute(text(f"create extension if not exists {extension}"))
        await connection.run_sync(Base.metadata.create_all)
    await engine.dispose()
