"""Assigns the bytes of a server to the requests that they answer."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import NamedTuple


class Request:
    """A client's request; `content`, by which it is recognised, may still grow."""

    def __init__(self) -> None:
        self.content = bytearray()


class Part(NamedTuple):
    """Bytes of an answer; `is_last` tells that the request has been carried out by then."""

    request: Request
    data: bytes
    is_last: bool


class Dialogue(ABC):
    """Follows what is sent on one connection."""

    @abstractmethod
    def ask(self, data: bytes) -> None:
        """Take note of what the client sends."""

    @abstractmethod
    def answer(self, data: bytes) -> Iterable[Part]:
        """Divide what the server sends into the answers that it belongs to."""


class TakingTurns(Dialogue):
    """A dialogue in which a client waits for each answer before its next request, as in HTTP/1.1.

    A server that begins to answer has carried out the request.
    """

    def __init__(self) -> None:
        self._request = Request()
        self._is_answered = False

    def ask(self, data: bytes) -> None:
        """Take note of what the client sends."""
        if self._is_answered:
            self._request = Request()
            self._is_answered = False
        self._request.content += data

    def answer(self, data: bytes) -> Iterable[Part]:
        """Divide what the server sends into the answers that it belongs to."""
        self._is_answered = True
        yield Part(self._request, data, is_last=True)
