"""The inbox and outbox pages: per line a small window of JavaScript strings (Q11)."""

from collections import deque
from dataclasses import dataclass
import json
from typing import TYPE_CHECKING

from ..core.journal import SMS_HANDED_OVER
from ..core.line import IncomingSms, Line
from .box_clock import box_time
from .broken_text import cut_bytes, from_bytes

if TYPE_CHECKING:
    from .box import GoipBox

PAGES = ("sms_inbox", "sms_outbox")


@dataclass(frozen=True)
class Row:
    """One entry; `message_id` is the journal's, 0 for none."""

    text: str
    message_id: int = 0


class Window:
    """The last entries of one line; the oldest roll off."""

    def __init__(self) -> None:
        self.rows: deque[Row] = deque()
        self.written = 0

    def add(self, row: Row, size: int) -> None:
        """Append one entry."""
        self.rows.append(row)
        self.written += 1
        while len(self.rows) > size:
            self.rows.popleft()

    def slots(self, size: int, order: str) -> tuple[list[Row | None], int]:
        """Return the array as the page lists it, padded, and its `pos` (D5)."""
        rows: list[Row | None] = list(self.rows)
        padding: list[Row | None] = [None] * (size - len(rows))
        if order == "newest":
            return [*reversed(rows), *padding], len(rows)
        if order == "oldest":
            return rows + padding, len(rows)
        array: list[Row | None] = [None] * size
        for age, row in enumerate(reversed(rows)):
            array[(self.written - 1 - age) % size] = row
        return array, self.written % size

    def delete(self, position: int, size: int, order: str) -> None:
        """Delete the entry at a position of the array, or all with -1."""
        if position < 0:
            self.rows.clear()
            return
        array, _ = self.slots(size, order)
        if position < size and (row := array[position]) is not None:
            self.rows.remove(row)


class Inbox:
    """The windows of all lines, incoming and outgoing."""

    def __init__(self, box: GoipBox) -> None:
        self._box = box
        self._windows = {
            page: {number: Window() for number in box.lines} for page in PAGES
        }
        self._shown: deque[int] = deque(maxlen=1000)

    def clear(self) -> None:
        """Forget everything."""
        for windows in self._windows.values():
            for window in windows.values():
                window.rows.clear()

    def take_in(self, line: Line, message: IncomingSms) -> None:
        """List an SMS that came in."""
        options = self._box.options
        as_parts = options.inbox_long == "parts" and not message.raw
        texts = received_parts(message) if as_parts else [joined_text(message)]
        for text in texts:
            self._add("sms_inbox", line, message.sender, text, message.id)

    def take_out(self, line: Line, number: str, text: str) -> None:
        """List an SMS that was sent."""
        self._add("sms_outbox", line, number, text)

    def add_bytes(self, line: Line, raw: bytes) -> None:
        """List an entry with exactly these bytes, however broken."""
        window = self._windows["sms_inbox"][line.number]
        window.add(Row(from_bytes(raw)), self._box.options.inbox_slots)

    def _add(
        self, page: str, line: Line, number: str, text: str, message_id: int = 0
    ) -> None:
        """Add a row as `MM-DD HH:MM:SS,<number>,<text>`, without a year."""
        options = self._box.options
        body = cut_bytes(text, options.byte_limit)
        row = Row(f"{box_time(self._box):%m-%d %H:%M:%S},{number},{body}", message_id)
        self._windows[page][line.number].add(row, options.inbox_slots)

    def delete(self, page: str, line: int, position: int) -> None:
        """Delete from one line, or from all with -1."""
        options = self._box.options
        for number, window in self._windows[page].items():
            if line in (-1, number):
                window.delete(position, options.inbox_slots, options.inbox_order)

    def script(self, page: str, only_line: int = -1) -> str:
        """Return the script; the first showing of each message is journalled."""
        options = self._box.options
        store = "sms_store" if page == "sms_inbox" else "sms_outbox_store"
        out = ["var sms, pos;"]
        for number, window in self._windows[page].items():
            if only_line not in (-1, number):
                continue
            rows, position = window.slots(options.inbox_slots, options.inbox_order)
            strings = [
                _quote(row.text if row else "", options.inbox_escape) for row in rows
            ]
            out += [
                f"sms= [{','.join(strings)}];",
                f"pos={position};",
                f"sms_row_insert(l{number}_{store}, sms, pos, {number});",
            ]
            self._journal(number, rows)
        return "\n".join(out) + "\n"

    def _journal(self, line: int, rows: list[Row | None]) -> None:
        """Write down what a page shows for the first time."""
        for row in rows:
            if row is not None and row.message_id not in (0, *self._shown):
                self._shown.append(row.message_id)
                self._box.log(
                    SMS_HANDED_OVER, line, id=row.message_id, how="inbox page"
                )

    def state(self, line: int) -> list[str]:
        """Return the incoming rows of a line, oldest first."""
        return [row.text for row in self._windows["sms_inbox"][line].rows]


def received_parts(message: IncomingSms) -> list[str]:
    """Return the texts of the parts that came."""
    return [
        text
        for index, text in enumerate(message.parts, 1)
        if index not in message.missing
    ]


def joined_text(message: IncomingSms) -> str:
    """Return the whole text; a part that never came is told inside it (Q22)."""
    if message.raw:
        return message.raw.decode("latin-1")
    return "".join(
        f" [SMS{index} missed] " if index in message.missing else text
        for index, text in enumerate(message.parts, 1)
    )


def _quote(text: str, escape: str) -> str:
    """Return a JavaScript string, JSON or not."""
    if escape == "none":
        return f'"{text}"'
    quoted = json.dumps(text, ensure_ascii=False)
    if escape == "js":
        quoted = quoted.replace("'", "\\'").replace("<", "\\x3c")
    return quoted
