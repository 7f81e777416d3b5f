"""reply_markup: the keyboards that Telegram accepts below a message."""

from typing import Any

from local_telegram.content.html_markup import checked_link
from local_telegram.protocol.errors import BadRequestError
from local_telegram.protocol.json_values import Json, is_array, is_object
from local_telegram.protocol.parameters import Parameters

CALLBACK_DATA_BYTES = 64
BUTTONS_LIMIT = 100
BUTTONS_IN_ROW_LIMIT = 8
PLACEHOLDER_LIMIT = 64
OTHER_ACTIONS = ("switch_inline_query", "switch_inline_query_current_chat", "copy_text", "web_app")


def read_reply_markup(parameters: Parameters) -> Json | None:
    """Return the keyboard that a call attaches to a message, if any.

    Raises:
        BadRequestError: Telegram would refuse the keyboard.
    """
    markup = parameters.structure("reply_markup", "can't parse reply keyboard markup JSON object")
    if markup is None:
        return None
    if not is_object(markup):
        raise BadRequestError("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline_keyboard(markup["inline_keyboard"])
    if "keyboard" in markup:
        if not _is_array_of_arrays(markup["keyboard"]):
            raise BadRequestError(
                'field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays'
            )
        return markup
    if markup.get("force_reply"):
        _check_placeholder(markup)
        return markup
    return markup if markup.get("remove_keyboard") else None


def read_inline_keyboard(parameters: Parameters) -> Json | None:
    """Return the inline keyboard that a call gives an edited message, if any.

    Raises:
        BadRequestError: Telegram would refuse the keyboard, or it is not an inline keyboard.
    """
    markup = read_reply_markup(parameters)
    if markup is not None and "inline_keyboard" not in markup:
        raise BadRequestError("inline keyboard expected")
    return markup


def _inline_keyboard(given: Any) -> Json | None:  # noqa: ANN401 (any JSON value)
    if not is_array(given) or not _is_array_of_arrays(given):
        raise BadRequestError(
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
        )
    rows = [[_inline_button(button) for button in row] for row in given if row]
    too_many = sum(map(len, rows)) > BUTTONS_LIMIT
    if too_many or any(len(row) > BUTTONS_IN_ROW_LIMIT for row in rows):
        raise BadRequestError("reply markup is too long")
    return {"inline_keyboard": rows} if rows else None


def _inline_button(button: Any) -> Json:  # noqa: ANN401 (any JSON value)
    if not is_object(button):
        raise _button_error("InlineKeyboardButton must be an Object")
    text = button.get("text")
    if text is None:
        raise _button_error('Can\'t find field "text"')
    if not isinstance(text, str):
        raise _button_error('Field "text" must be of type String')
    if not text.strip():
        raise BadRequestError("inline keyboard button text must be non-empty")
    if url := button.get("url"):
        link = checked_link(str(url))
        if link is None:
            raise BadRequestError(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
        return {"text": text, "url": link}
    if data := button.get("callback_data"):
        if len(str(data).encode("utf-8", "surrogatepass")) > CALLBACK_DATA_BYTES:
            raise BadRequestError("BUTTON_DATA_INVALID")
        return {"text": text, "callback_data": str(data)}
    if any(action in button for action in OTHER_ACTIONS):
        return button
    raise _button_error("Text buttons are unallowed in the inline keyboard")


def _check_placeholder(markup: Json) -> None:
    placeholder = markup.get("input_field_placeholder", "")
    if len(str(placeholder)) > PLACEHOLDER_LIMIT:
        raise BadRequestError("REPLY_MARKUP_INVALID")


def _is_array_of_arrays(value: object) -> bool:
    return is_array(value) and all(is_array(row) for row in value)


def _button_error(reason: str) -> BadRequestError:
    return BadRequestError(f"can't parse inline keyboard button: {reason}")
