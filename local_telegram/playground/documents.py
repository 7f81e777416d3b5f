"""Documents of the people's side: how a request carries one, and how a browser saves one."""

import base64
import binascii
from typing import NamedTuple
from urllib.parse import quote

from aiohttp import web

from local_telegram.protocol.errors import CannotDoError
from local_telegram.protocol.json_values import is_object
from local_telegram.protocol.parameters import Parameters
from local_telegram.state.files import StoredFile


class SentDocument(NamedTuple):
    """A file as a request carries it."""

    name: str
    mime_type: str | None
    content: bytes


def read_document(body: Parameters) -> SentDocument | None:
    """Return the file of `document: {name, content_base64, mime_type?}`, if there is one.

    Raises:
        CannotDoError: The document has another shape.
    """
    given = body.values.get("document")
    if given is None:
        return None
    if not is_object(given) or not isinstance(given.get("name"), str):
        raise CannotDoError("A `document` has a `name` and a `content_base64`.")
    document = Parameters(given)
    try:
        content = base64.b64decode(document.text("content_base64"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise CannotDoError("The document's `content_base64` is not base64.") from error
    return SentDocument(given["name"], document.text("mime_type") or None, content)


def as_download(file: StoredFile) -> web.Response:
    """Return a file as a download: if a browser showed it, a page in it would run here."""
    return web.Response(
        body=file.content,
        headers={
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )
