"""Cutting the bytes of a TG's AMI socket into blocks, and reading one block."""

from collections.abc import Iterator

from panoramisk.message import Message

BUFFER_LIMIT = 1 << 20
_BANNER = b"Asterisk Call Manager/"
_BLANK_LINE = b"\r\n\r\n"
_END_COMMAND = b"--END COMMAND--"
_END_EVENT = b"--END SMS EVENT--"
_FOLLOWS = b"response: follows"
_FOLLOWS_HEADERS = {b"response", b"privilege", b"actionid", b"message"}


class NotAsteriskError(Exception):
    """The greeting is not that of an Asterisk Manager; `args[0]` has its first bytes."""


class BlockReader:
    """Collects bytes, whatever the TCP writes they came in, until a block is whole.

    A greeting is one line; every other block ends with a blank line, but the
    answer to a command ends with `--END COMMAND--` and may hold blank lines,
    and even a whole event, before that (Yeastar Q2-Q4, D1).
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
        if self.version is None and not self._read_banner():
            return
        while (block := self._take()) is not None:
            if block:
                yield block
        if len(self._buffer) > BUFFER_LIMIT:
            raise OverflowError("An AMI block without an end")

    def _read_banner(self) -> bool:
        """Take the greeting line off the buffer, if it is whole."""
        start = bytes(self._buffer[: len(_BANNER)])
        if not _BANNER.startswith(start[: len(_BANNER)]):
            raise NotAsteriskError(bytes(self._buffer[:100]))
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return False
        self.version = self._buffer[len(_BANNER) : end].decode("latin-1")
        del self._buffer[: end + 2]
        return True

    def _take(self) -> bytes | None:
        """Return the next whole block without its end, or None."""
        mark = _BLANK_LINE
        end = self._buffer.find(mark, max(0, self._searched - len(mark)))
        if end >= 0 and _is_follows(bytes(self._buffer[:end])):
            mark = _END_COMMAND + _BLANK_LINE
            end = self._buffer.find(mark)
        if end < 0:
            # An answer is searched from its start each time: few come in pieces.
            self._searched = len(self._buffer) if mark == _BLANK_LINE else 0
            return None
        block = bytes(self._buffer[:end]).strip(b"\r\n")
        del self._buffer[: end + len(mark)]
        self._searched = 0
        return block


def _is_follows(block: bytes) -> bool:
    """Tell the answer to a command; its ActionID may stand first (D2)."""
    return any(line.lower() == _FOLLOWS for line in block.split(b"\r\n", 3)[:3])


def read_block(block: bytes) -> list[Message]:
    """Return the messages in one block: the events inside an answer, then the answer.

    Empty for what is neither an answer nor an event.
    """
    if not _is_follows(block):
        message = _headers(block)
        return [message] if "event" in message or "response" in message else []
    rest, events = _extract_events(block)
    answer = _message()
    while rest:
        line, _, remainder = rest.partition(b"\r\n")
        name, colon, value = line.partition(b":")
        if not colon or name.strip().lower() not in _FOLLOWS_HEADERS:
            break
        answer[name.strip().decode("latin-1")] = _text(value)
        rest = remainder
    answer["content"] = rest.decode("utf-8", "replace").strip("\r\n")
    return [*(_headers(event) for event in events), answer]


def _extract_events(block: bytes) -> tuple[bytes, list[bytes]]:
    """Return an answer without the events that stand in it, and those events."""
    events: list[bytes] = []
    while (start := block.find(b"\r\nEvent: ")) >= 0:
        end = block.find(_END_EVENT, start)
        if end < 0:
            break
        events.append(block[start + 2 : end])
        after = block[end + len(_END_EVENT) :].removeprefix(_BLANK_LINE)
        block = block[: start + 2] + after
    return block, events


def _headers(block: bytes) -> Message:
    """Return the headers of a block; a header that comes twice makes a list."""
    message = _message()
    for line in block.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if not colon:
            continue
        key = name.strip().decode("latin-1")
        if key in message:
            present = message[key]
            known = present if isinstance(present, list) else [present]
            message[key] = [*known, _text(value)]
        else:
            message[key] = _text(value)
    return message


def _message() -> Message:
    """Return an empty message.

    panoramisk puts a `content` of its own into every message, which hides the
    Content of a ReceivedSMS.
    """
    message = Message({})
    del message._store["content"]  # noqa: SLF001
    return message


def _text(value: bytes) -> str:
    return value.removeprefix(b" ").decode("utf-8", "replace")
