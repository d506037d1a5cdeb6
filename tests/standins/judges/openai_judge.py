#!/usr/bin/env python3
"""Judges the OpenAI stand-in: the official Python client must get through all that it can do.

    openai_judge.py URL KEY

Exit code 0 and a line per check if the stand-in passes; 1 at the first that fails.
"""

import base64
import json
import sys

import openai
from pydantic import BaseModel

MODEL = "gpt-standin"

# One grey pixel.
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJ"
    "DRENDg8QEBEQCgwSExIQEw8QEBD/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAA"
    "AAAAAAAAAAD/2gAIAQEAAD8AVN//2Q=="
)


class Words(BaseModel):
    prompt_en: str
    changed: bool


def check(name, passed, seen=None):
    print(f"{'ok' if passed else 'FAILED'}  {name}" + ("" if passed else f": {seen!r}"), flush=True)
    if not passed:
        raise SystemExit(1)


def refused(kind, ask):
    try:
        ask()
    except kind as error:
        return error
    return None


def main():
    url, key = sys.argv[1:]
    client = openai.OpenAI(base_url=url + "/v1", api_key=key, max_retries=0)
    messages = [
        {"role": "system", "content": "Answer in JSON."},
        {"role": "user", "content": "маяк на скале"},
    ]

    models = [model.id for model in client.models.list()]
    check("lists its models", MODEL in models, models)

    said = client.chat.completions.create(
        model=MODEL, messages=messages, max_completion_tokens=50
    )
    check("completes a chat", said.choices[0].finish_reason == "stop" and said.usage, said)
    check("says something", bool(said.choices[0].message.content), said)

    parsed = client.chat.completions.parse(model=MODEL, messages=messages, response_format=Words)
    answer = parsed.choices[0].message.parsed
    check("keeps to a schema", isinstance(answer, Words) and answer.prompt_en, parsed)

    said = client.chat.completions.create(
        model=MODEL, messages=messages, response_format={"type": "json_object"}
    )
    check("answers", said.object == "chat.completion", said)

    picture = "data:image/jpeg;base64," + base64.b64encode(JPEG).decode()
    seen = client.chat.completions.create(
        model=MODEL,
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Describe it."},
                    {"type": "image_url", "image_url": {"url": picture}},
                ],
            }
        ],
    )
    check("looks at a picture", bool(seen.choices[0].message.content), seen)

    pieces = client.chat.completions.create(model=MODEL, messages=messages, stream=True)
    streamed = "".join(piece.choices[0].delta.content or "" for piece in pieces)
    check("streams", bool(streamed), streamed)

    wrong = openai.OpenAI(base_url=url + "/v1", api_key="sk-wrong", max_retries=0)
    error = refused(openai.AuthenticationError, lambda: wrong.models.list())
    check("refuses a wrong key", error is not None and error.code == "invalid_api_key", error)

    def ask(**changes):
        given = {"model": MODEL, "messages": messages, **changes}
        return lambda: client.chat.completions.create(**given)

    error = refused(openai.NotFoundError, ask(model="gpt-2"))
    check("has no other model", error is not None and error.code == "model_not_found", error)
    error = refused(openai.BadRequestError, ask(max_tokens=5))
    check("knows one limit", error is not None and error.param == "max_tokens", error)
    error = refused(openai.BadRequestError, ask(temperature=0.2))
    check("has one temperature", error is not None and error.param == "temperature", error)
    schema = {"name": "a", "strict": True, "schema": {"type": "object", "properties": {}}}
    loose = {"type": "json_schema", "json_schema": schema}
    error = refused(openai.BadRequestError, ask(response_format=loose))
    check("is strict", error is not None and error.param == "response_format", error)
    print(json.dumps({"judged_with": openai.__version__}))


main()
