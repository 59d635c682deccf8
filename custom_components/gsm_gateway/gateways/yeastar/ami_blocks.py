"""Cutting the bytes of a TG's AMI socket into blocks, and reading one block."""

from collections.abc import Iterator

from panoramisk.message import Message

BUFFER_LIMIT = 1 << 20
_EVENT_LIMIT = 1 << 14
_HEAD_LIMIT = 400
_BANNER = b"Asterisk Call Manager/"
_BLANK_LINE = b"\r\n\r\n"
_END_COMMAND = b"--END COMMAND--"
_END_EVENT = b"--END SMS EVENT--"
_EVENT = b"\nEvent: "
_FOLLOWS = b"response: follows"
_FOLLOWS_HEADERS = {b"response", b"privilege", b"actionid", b"commandid", b"message"}


class NotAsteriskError(Exception):
    """The greeting is not that of an Asterisk Manager; `args[0]` has its first bytes."""


class BlockReader:
    """Collects bytes, whatever the TCP writes they came in, until a block is whole.

    A greeting is one line; every other block ends with a blank line. Only the
    answer to a command may hold blank lines, and even whole events, before its
    `--END COMMAND--` (Yeastar Q2-Q4, D1); such an event comes out at once.
    """

    def __init__(self) -> None:
        """Wait for the greeting."""
        self.version: str | None = None
        self._buffer = bytearray()
        self._searched = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield every block that `data` completes.

        Raises `NotAsteriskError`, and `OverflowError` when a block grows
        beyond any sense.
        """
        self._buffer += data
        if self.version is None:
            self._read_banner()
        if self.version is not None:
            while (block := self._take()) is not None:
                if block:
                    yield block
        if len(self._buffer) > BUFFER_LIMIT:
            raise OverflowError("An AMI block without an end")

    def _read_banner(self) -> None:
        """Take the greeting line off the buffer, if it is whole."""
        if not _BANNER.startswith(self._buffer[: len(_BANNER)]):
            raise NotAsteriskError(bytes(self._buffer[:100]))
        end = self._buffer.find(b"\r\n")
        if end >= 0:
            self.version = self._buffer[len(_BANNER) : end].decode("latin-1")
            del self._buffer[: end + 2]

    def _take(self) -> bytes | None:
        """Take the next whole block off the buffer, without its blank line."""
        while (end := self._buffer.find(_BLANK_LINE, self._searched)) >= 0:
            start = self._start_of_block(end)
            if start is not None:
                block = bytes(self._buffer[start:end])
                del self._buffer[start : end + len(_BLANK_LINE)]
                self._searched = max(0, start - len(_BLANK_LINE) + 1)
                return block
            self._searched = end + 1
        self._searched = max(self._searched, len(self._buffer) - len(_BLANK_LINE) + 1)
        return None

    def _start_of_block(self, end: int) -> int | None:
        """Return where the block before a blank line starts.

        None when the blank line stands within the answer to a command.
        """
        if not _is_follows(bytes(self._buffer[: min(end, _HEAD_LIMIT)])):
            return 0
        if self._buffer.endswith(_END_COMMAND, 0, end):
            return 0
        if self._buffer.endswith(_END_EVENT, 0, end):
            event = self._buffer.rfind(_EVENT, max(0, end - _EVENT_LIMIT), end)
            return event + 1 if event >= 0 else None
        return None


def _is_follows(block: bytes) -> bool:
    """Tell the answer to a command; its ActionID may stand first (D2)."""
    return any(line.lower() == _FOLLOWS for line in block.split(b"\r\n", 3)[:3])


def read_block(block: bytes) -> Message | None:
    """Return the message in one block, or None for neither an answer nor an event."""
    block = block.strip(b"\r\n")
    if _is_follows(block):
        return _answer(block)
    message = _headers(block)
    return message if "event" in message or "response" in message else None


def _answer(block: bytes) -> Message:
    """Return the headers of a command's answer, and as `content` all behind them."""
    answer = _message()
    at = 0
    while at < len(block):
        end = block.find(b"\r\n", at)
        line = block[at:] if end < 0 else block[at:end]
        name, colon, value = line.partition(b":")
        if not colon or name.strip().lower() not in _FOLLOWS_HEADERS:
            break
        _add(answer, name, value)
        at += len(line) + len(b"\r\n")
    body = block[at:].removesuffix(_END_COMMAND).strip(b"\r\n")
    answer["content"] = body.decode("utf-8", "replace")
    return answer


def _headers(block: bytes) -> Message:
    """Return the headers of a block."""
    message = _message()
    for line in block.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if colon:
            _add(message, name, value)
    return message


def _message() -> Message:
    """Return an empty message.

    panoramisk puts a `content` of its own into every message, which hides the
    Content of a ReceivedSMS.
    """
    message = Message({})
    del message._store["content"]  # noqa: SLF001
    return message


def _add(message: Message, name: bytes, value: bytes) -> None:
    """Add a header; of one that comes twice the first counts.

    panoramisk fails on a list where it expects a text.
    """
    text = value.removeprefix(b" ").decode("utf-8", "replace")
    message.setdefault(name.strip().decode("latin-1"), text)
