"""Webhooks into procrastinate: one durable job each, 200 after its commit.

Two uvicorn workers with uvloop and httptools and an open pool in each, as its documentation
advises. The queueing lock guards against a repeated call. We do not use its batch_defer: each call
must be answered after its own commit, and nothing batches the calls of a web server for it.
"""
import os
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from procrastinate import App, PsycopgConnector, exceptions

jobs = App(connector=PsycopgConnector(conninfo=os.environ["PEER_URL"], min_size=8, max_size=16))


@jobs.task(name="webhook")
async def webhook(body):
    pass


@asynccontextmanager
async def lifespan(_):
    async with jobs.open_async():
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/webhooks/fal")
async def receive(request: Request):
    body = await request.json()
    try:
        await webhook.configure(queueing_lock=body["request_id"]).defer_async(body=body)
    except exceptions.AlreadyEnqueued:
        pass  # a repeated call
    return Response(status_code=200)
