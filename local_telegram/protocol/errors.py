"""Refusals: the Bot API's errors with their codes, and what a person can't do."""

from local_telegram.protocol.json_values import Json


class BotApiError(Exception):
    """The Bot API refuses a call, with Telegram's own code and text."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> Json:
        """Return the answer's JSON body."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


class BadRequestError(BotApiError):
    """400: the call itself is wrong."""

    def __init__(self, reason: str, parameters: Json | None = None) -> None:
        super().__init__(400, f"Bad Request: {reason}", parameters)


class UnauthorizedError(BotApiError):
    """401: no bot has this token."""

    def __init__(self) -> None:
        super().__init__(401, "Unauthorized")


class ForbiddenError(BotApiError):
    """403: the bot may not do this in that chat."""

    def __init__(self, reason: str) -> None:
        super().__init__(403, f"Forbidden: {reason}")


class MethodNotFoundError(BotApiError):
    """404: there is no such method."""

    def __init__(self) -> None:
        super().__init__(404, "Not Found")


class ConflictError(BotApiError):
    """409: another way of receiving updates is in use."""

    def __init__(self, reason: str) -> None:
        super().__init__(409, f"Conflict: {reason}")


class RequestTooLargeError(BotApiError):
    """413: the body is larger than a bot may upload."""

    def __init__(self) -> None:
        super().__init__(413, "Request Entity Too Large")


class TooManyRequestsError(BotApiError):
    """429: the flood limit is passed; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            429,
            f"Too Many Requests: retry after {retry_after}",
            {"retry_after": retry_after},
        )


class CannotDoError(Exception):
    """A person tries something that Telegram's apps do not offer; the message is a sentence."""
