"""The Bot API over HTTP: every body that Telegram accepts, and the files to download."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import BodyPartReader, web
from aiohttp.http import HttpProcessingError

from local_telegram.bot_api.dispatcher import BotApiDispatcher, DisconnectedError
from local_telegram.http.middlewares import check_length
from local_telegram.protocol.errors import (
    BadRequestError,
    BotApiError,
    MethodNotFoundError,
    RequestTooLargeError,
    UnauthorizedError,
)
from local_telegram.protocol.json_values import Json, decode_json, is_object
from local_telegram.protocol.parameters import Parameters, UploadedFile

UNREADABLE = (AssertionError, HttpProcessingError, LookupError, RuntimeError, ValueError)
"""What aiohttp raises for broken forms, wrong encodings and unknown charsets."""


Answer = Callable[[web.Request], Awaitable[web.Response]]


class BotApiRoutes:
    """Reads requests, lets the Bot API carry them out, and writes the answers.

    Calls come to `/bot<token>/<method>`, downloads to `/file/bot<token>/<file_path>`.
    """

    def __init__(self, api: BotApiDispatcher, token: str) -> None:
        self._api = api
        self._token = token

    def routes(self) -> list[web.RouteDef]:
        """Return the routes for an aiohttp application."""
        return [
            web.route("*", "/bot{token:[^/]+}/{method:.*}", self._explained(self._call)),
            web.get("/file/bot{token:[^/]+}/{path:.*}", self._explained(self._download)),
        ]

    def _explained(self, handler: Answer) -> Answer:
        async def explained(request: web.Request) -> web.Response:
            try:
                if request.match_info["token"] != self._token:
                    raise UnauthorizedError
                return await handler(request)
            except BotApiError as error:
                return answer(error.body())
            except DisconnectedError:
                if request.transport is not None:
                    request.transport.abort()
                return web.Response()

        return explained

    async def _call(self, request: web.Request) -> web.Response:
        if request.method not in {"GET", "POST"}:
            raise MethodNotFoundError
        parameters = await read_parameters(request)
        return answer(await self._api.call(request.match_info["method"].strip("/"), parameters))

    async def _download(self, request: web.Request) -> web.Response:
        return web.Response(body=await self._api.download(request.match_info["path"]))


def answer(body: Json) -> web.Response:
    """Return the HTTP response for an answer's body; its status is the error code."""
    return web.Response(
        status=body.get("error_code", 200),
        body=json.dumps(body, separators=(",", ":")).encode(),
        content_type="application/json",
    )


async def read_parameters(request: web.Request) -> Parameters:
    """Return a call's parameters from its query string and its body.

    Raises:
        BadRequestError: The body does not match its Content-Type.
        RequestTooLargeError: The body, or a file in it, is too large.
    """
    try:
        check_length(request)
        return await _read_body(request)
    except web.HTTPRequestEntityTooLarge as error:
        raise RequestTooLargeError from error


async def _read_body(request: web.Request) -> Parameters:
    values: dict[str, Any] = dict(request.query) if request.query_string else {}
    if not request.can_read_body:
        return Parameters(values)
    if request.content_type == "application/json":
        return Parameters(values | _json_object(await request.read()))
    try:
        if request.content_type == "multipart/form-data":
            return await _read_multipart(request, values)
        return Parameters(values | dict(await request.post()))
    except UNREADABLE as error:
        raise BadRequestError("can't parse request body") from error


def _json_object(body: bytes) -> Json:
    if not body:
        return {}
    try:
        decoded = decode_json(body)
    except ValueError as error:
        raise BadRequestError("can't parse request body as JSON object") from error
    if not is_object(decoded):
        raise BadRequestError("can't parse request body as JSON object")
    return decoded


async def _read_multipart(request: web.Request, query: Mapping[str, Any]) -> Parameters:
    values: dict[str, Any] = dict(query)
    files: dict[str, UploadedFile] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        content = bytes(await part.read(decode=True))
        if part.filename is None:
            values[part.name] = content.decode()
        else:
            content_type = part.headers.get("Content-Type", "application/octet-stream")
            files[part.name] = UploadedFile(part.filename, content_type, content)
    return Parameters(values, files)
