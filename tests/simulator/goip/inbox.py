"""The inbox and outbox pages: per line a small window of JavaScript strings (Q11)."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
import json
from typing import TYPE_CHECKING

from ..core.journal import PAGE_ROLLED, SMS_HANDED_OVER
from ..core.line import IncomingSms, Line
from .box_clock import box_time
from .broken_text import cut_bytes, from_bytes

if TYPE_CHECKING:
    from .box import GoipBox

PAGES = ("sms_inbox", "sms_outbox")


@dataclass(eq=False)
class Row:
    """One entry; `message_id` is the journal's, 0 for none; `reads`: how many pages showed it."""

    text: str
    message_id: int = 0
    part: int = 1
    total: int = 1
    reads: int = 0
    first_read: str = ""
    last_read: str = ""


class Window:
    """The last entries of one line; the oldest roll off."""

    def __init__(self, left: Callable[[Row, str], None]) -> None:
        """Begin empty; `left` is told of each row that leaves, and why."""
        self.rows: deque[Row] = deque()
        self.written = 0
        self._left = left

    def add(self, row: Row, size: int) -> None:
        """Append one entry."""
        self.rows.append(row)
        self.written += 1
        while len(self.rows) > size:
            self._left(self.rows.popleft(), "rolled")

    def clear(self, reason: str) -> None:
        """Forget everything."""
        while self.rows:
            self._left(self.rows.popleft(), reason)

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
            self.clear("deleted")
            return
        array, _ = self.slots(size, order)
        if position < size and (row := array[position]) is not None:
            self.rows.remove(row)
            self._left(row, "deleted")


class Inbox:
    """The windows of all lines, incoming and outgoing."""

    def __init__(self, box: GoipBox) -> None:
        self._box = box
        self._windows = {
            page: {number: Window(self._journal_left(number)) for number in box.lines}
            for page in PAGES
        }

    def clear(self) -> None:
        """Forget everything, as without power."""
        for windows in self._windows.values():
            for window in windows.values():
                window.clear("power")

    def take_in(self, line: Line, message: IncomingSms) -> None:
        """List an SMS that came in."""
        if self.takes_parts and not message.raw:
            for part in range(1, len(message.parts) + 1):
                if part not in message.missing:
                    self.take_in_part(line, message, part)
        else:
            row = Row(joined_text(message), message.id)
            self._add("sms_inbox", line, message.sender, row)

    @property
    def takes_parts(self) -> bool:
        """Whether a long SMS is one row per part."""
        return self._box.options.inbox_long == "parts"

    def take_in_part(self, line: Line, message: IncomingSms, part: int) -> None:
        """List one part, from 1."""
        texts = message.parts
        row = Row(texts[part - 1], message.id, part, len(texts))
        self._add("sms_inbox", line, message.sender, row)

    def take_out(self, line: Line, number: str, text: str) -> None:
        """List an SMS that was sent."""
        self._add("sms_outbox", line, number, Row(text))

    def add_bytes(self, line: Line, raw: bytes) -> None:
        """List an entry with exactly these bytes, however broken."""
        window = self._windows["sms_inbox"][line.number]
        window.add(Row(from_bytes(raw)), self._box.options.inbox_slots)

    def _add(self, page: str, line: Line, number: str, row: Row) -> None:
        """Add a row as `MM-DD HH:MM:SS,<number>,<text>`, without a year."""
        options = self._box.options
        body = cut_bytes(row.text, options.byte_limit)
        row.text = f"{box_time(self._box):%m-%d %H:%M:%S},{number},{body}"
        self._windows[page][line.number].add(row, options.inbox_slots)

    def _journal_left(self, line: int) -> Callable[[Row, str], None]:
        """Return what journals that a row of a line left its page."""

        def left(row: Row, reason: str) -> None:
            if row.message_id:
                self._box.log(
                    PAGE_ROLLED,
                    line,
                    id=row.message_id,
                    part=row.part,
                    total=row.total,
                    reads=row.reads,
                    first_read=row.first_read,
                    last_read=row.last_read,
                    reason=reason,
                )

        return left

    def delete(self, page: str, line: int, position: int) -> None:
        """Delete from one line, or from all with -1."""
        options = self._box.options
        for number, window in self._windows[page].items():
            if line in (-1, number):
                window.delete(position, options.inbox_slots, options.inbox_order)

    def script(
        self, page: str, connection: int, only_line: int = -1
    ) -> tuple[str, Callable[[], None]]:
        """Return the script, and what journals that a client has it."""
        options = self._box.options
        store = "sms_store" if page == "sms_inbox" else "sms_outbox_store"
        out = ["var sms, pos;"]
        shown: list[tuple[int, Row]] = []
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
            shown += [(number, row) for row in rows if row and row.message_id]

        def written() -> None:
            for number, row in shown:
                self._read(number, row, connection)

        return "\n".join(out) + "\n", written

    def _read(self, line: int, row: Row, connection: int) -> None:
        """Take note that a page was read; the first time is journalled."""
        row.reads += 1
        row.last_read = self._box.clock.now().isoformat()
        if row.reads == 1:
            row.first_read = row.last_read
            self._box.log(
                SMS_HANDED_OVER,
                line,
                id=row.message_id,
                part=row.part,
                total=row.total,
                how="inbox page",
                connection=connection,
            )

    def state(self, line: int) -> list[str]:
        """Return the incoming rows of a line, oldest first."""
        return [row.text for row in self._windows["sms_inbox"][line].rows]


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
