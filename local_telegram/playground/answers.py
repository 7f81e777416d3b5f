"""Answers of the people's side, as JSON that a person can read in a terminal."""

import json

from aiohttp import web

from local_telegram.protocol.json_values import Json


def answer(body: Json, status: int = 200) -> web.Response:
    """Return the response with this body."""
    return web.json_response(body, status=status, dumps=readable_json)


def readable_json(body: Json) -> str:
    """Write JSON without escapes; a lone surrogate, which UTF-8 can't encode, becomes `?`."""
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace").decode()
