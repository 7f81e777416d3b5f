import pytest

from tools.benchmarks.throughput.load.wire import Messages, fields

RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;a=b\r\nlo\r\n0\r\n\r\n"
)
EMPTY = b"HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n"


def bodies(*pieces: bytes) -> list[bytes]:
    messages = Messages()
    return [body for piece in pieces for _, body in messages.feed(piece)]


@pytest.mark.parametrize("message", [RESPONSE, CHUNKED], ids=["length", "chunked"])
def test_a_message_may_come_in_any_pieces(message: bytes) -> None:
    assert bodies(message) == [b"hello"]
    assert bodies(*(bytes([byte]) for byte in message)) == [b"hello"]


def test_several_messages_may_come_at_once() -> None:
    assert bodies(RESPONSE + EMPTY + CHUNKED + RESPONSE[:-1]) == [b"hello", b"", b"hello"]


def test_a_form_is_read_in_either_form() -> None:
    plain = b"chat_id=7&text=%EC%9A%B0%EC%9C%A0+%26"
    assert fields(b"Content-Type: application/x-www-form-urlencoded", plain) == {
        "chat_id": "7",
        "text": "우유 &",
    }
    parts = (
        '--b\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n7\r\n'
        '--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n우유\r\n&\r\n--b--\r\n'
    )
    assert fields(b"Content-Type: multipart/form-data; boundary=b", parts.encode()) == {
        "chat_id": "7",
        "text": "우유\r\n&",
    }
