"""Webhooks into a table by FastAPI and SQLAlchemy over asyncpg: the older Aisha's stack, made durable.

It finds the training by FAL's request id, adds the webhook and commits before it answers; the older
Aisha answered first. Two uvicorn workers with uvloop and httptools, a pool of 16 in each.
"""
import hashlib
import os
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from fastapi import FastAPI, Request, Response
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import BYTEA, JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine(os.environ["PEER_URL"], pool_size=16, max_overflow=0)
session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Avatar(Base):
    __tablename__ = "avatars"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    fal_request_id: Mapped[str]
    training_progress: Mapped[int]


class Webhook(Base):
    __tablename__ = "webhook_inbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str]
    body: Mapped[dict] = mapped_column(JSONB)
    headers: Mapped[dict] = mapped_column(JSONB)
    body_sha256: Mapped[bytes] = mapped_column(BYTEA)
    processed_at: Mapped[datetime | None]


@asynccontextmanager
async def lifespan(_):
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.post("/webhooks/fal")
async def receive(request: Request):
    raw = await request.body()
    body = await request.json()
    async with session() as db:
        found = await db.execute(
            select(Avatar).where(Avatar.fal_request_id == body["request_id"])
        )
        if found.scalar_one_or_none() is None:
            return Response(status_code=404)
        db.add(
            Webhook(
                request_id=body["request_id"],
                body=body,
                headers={"user-agent": request.headers.get("user-agent")},
                body_sha256=hashlib.sha256(raw).digest(),
            )
        )
        try:
            await db.commit()
        except IntegrityError:
            pass  # a repeated call
    return Response(status_code=200)
