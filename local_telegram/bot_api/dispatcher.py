"""The Bot API: from a method's name and parameters to the answer's JSON body."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from inspect import isawaitable

from local_telegram.bot_api.chat_methods import ChatMethods
from local_telegram.bot_api.menu_methods import MenuMethods
from local_telegram.bot_api.message_methods import MessageMethods
from local_telegram.bot_api.update_methods import DescribedResult, UpdateMethods
from local_telegram.protocol.errors import BotApiError, MethodNotFoundError
from local_telegram.protocol.json_values import Json
from local_telegram.protocol.parameters import Parameters
from local_telegram.state.recorded_calls import RecordedCall
from local_telegram.telegram import LocalTelegram

Method = Callable[[Parameters], object | Awaitable[object]]

DOWNLOAD = "download"
"""The method's name under which faults on demand apply to downloads."""


class DisconnectedError(Exception):
    """A fault on demand: the connection is to be cut without an answer."""


class BotApiDispatcher:
    """Carries out the calls of the bot."""

    def __init__(self, telegram: LocalTelegram) -> None:
        self._telegram = telegram
        self._updates = UpdateMethods(telegram, self._call_from_webhook)
        messages = MessageMethods(telegram)
        menus = MenuMethods(telegram)
        chats = ChatMethods(telegram)
        self._methods: dict[str, Method] = {
            "getme": lambda _parameters: telegram.bot.as_me(),
            "getupdates": self._updates.get_updates,
            "setwebhook": self._updates.set_webhook,
            "deletewebhook": self._updates.delete_webhook,
            "getwebhookinfo": self._updates.get_webhook_info,
            "sendmessage": messages.send_message,
            "senddocument": messages.send_document,
            "getfile": messages.get_file,
            "sendchataction": messages.send_chat_action,
            "editmessagetext": messages.edit_message_text,
            "editmessagereplymarkup": messages.edit_message_reply_markup,
            "deletemessage": messages.delete_message,
            "answercallbackquery": messages.answer_callback_query,
            "setmycommands": menus.set_my_commands,
            "getmycommands": menus.get_my_commands,
            "deletemycommands": menus.delete_my_commands,
            "getchat": chats.get_chat,
            "leavechat": chats.leave_chat,
        }

    async def call(self, method: str, parameters: Parameters) -> Json:
        """Carry out a call; return the answer's body, also if it is a refusal.

        Raises:
            DisconnectedError: A fault on demand cuts the connection.
        """
        try:
            result = await self._carry_out(method, parameters)
        except BotApiError as error:
            self._record(method, parameters, None, error.description)
            return error.body()
        if isinstance(result, DescribedResult):
            self._record(method, parameters, result.result, None)
            return {"ok": True, "result": result.result, "description": result.description}
        self._record(method, parameters, result, None)
        return {"ok": True, "result": result}

    async def download(self, path: str) -> bytes:
        """Return the content of the file that getFile has named.

        Raises:
            BotApiError: There is no such file, or a fault on demand refuses the download.
            DisconnectedError: A fault on demand cuts the connection.
        """
        await self._apply_fault(DOWNLOAD)
        file = self._telegram.files.at(path)
        if file is None or file.is_too_big_for_bots:
            raise MethodNotFoundError
        return file.content

    async def close(self) -> None:
        """End the waiting poll and the webhook's requests."""
        await self._updates.close()

    async def _call_from_webhook(self, method: str, parameters: Parameters) -> None:
        """Carry out a call in a webhook's response, whose result nobody sees."""
        with suppress(DisconnectedError):
            await self.call(method, parameters)

    async def _carry_out(self, method: str, parameters: Parameters) -> object:
        await self._apply_fault(method)
        do = self._methods.get(method.lower())
        if do is None:
            raise MethodNotFoundError
        result = do(parameters)
        return await result if isawaitable(result) else result

    async def _apply_fault(self, method: str) -> None:
        fault = self._telegram.faults.take(method)
        if fault is None:
            return
        if fault.delay:
            await self._telegram.sleep(fault.delay)
        if fault.disconnect:
            raise DisconnectedError
        if error := fault.error():
            raise error

    def _record(
        self, method: str, parameters: Parameters, result: object, error: str | None
    ) -> None:
        if self._telegram.record_calls:
            call = RecordedCall(method, parameters.values, parameters.files, result, error)
            self._telegram.calls.append(call)
