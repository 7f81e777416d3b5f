"""Reads what a request of the people's side names: its JSON body, a person, a chat, seconds."""

from aiohttp import web

from local_telegram.http.middlewares import check_length
from local_telegram.protocol.errors import CannotDoError
from local_telegram.protocol.json_values import decode_json, is_object
from local_telegram.protocol.parameters import Parameters
from local_telegram.state.chats import Chat
from local_telegram.state.people import Person
from local_telegram.telegram import LocalTelegram

LONGEST_SECONDS = 3600


async def read_body(request: web.Request) -> Parameters:
    """Return the fields of a request's JSON object.

    Raises:
        CannotDoError: The body is not a JSON object.
    """
    check_length(request)
    try:
        decoded = decode_json(await request.read())
    except ValueError as error:
        raise CannotDoError("The body must be JSON.") from error
    if not is_object(decoded):
        raise CannotDoError("The body must be a JSON object.")
    return Parameters(decoded)


def find_person(telegram: LocalTelegram, body: Parameters) -> Person:
    """Return the person whose id or user name is in `person`.

    Raises:
        CannotDoError: There is no such person.
    """
    named = body.text("person")
    for person in telegram.people.values():
        if named in {str(person.id), person.username}:
            return person
    raise CannotDoError(f"There is no person {named!r}.")


def find_chat(telegram: LocalTelegram, body: Parameters, person: Person | None) -> Chat:
    """Return the chat whose id is in `chat`, or else the person's private chat.

    Raises:
        CannotDoError: There is no such chat, or the request names none.
    """
    if body.has("chat"):
        return telegram.chat(body.big_integer("chat"))
    if person is None:
        raise CannotDoError("Which chat? Give its id as `chat`.")
    return telegram.chat(person.id)


def read_seconds(body: Parameters, name: str, default: float) -> float:
    """Return a number of seconds, forced between 0 and an hour.

    Raises:
        CannotDoError: The value is not a number.
    """
    value = body.values.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CannotDoError(f"`{name}` is a number of seconds.")
    return float(max(0, min(value, LONGEST_SECONDS)))
