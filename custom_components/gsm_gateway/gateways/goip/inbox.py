"""The inbox page: JavaScript arrays inside HTML (GoIP 1.5, Q11)."""

import json
import re
from typing import override

from ..model import InboxEntry, UnexpectedReply
from ..ports import InboxReader
from ..text import clean
from .pages import GoipPages

_INSERT = re.compile(r"^\s{0,20}sms_row_insert\(\s?l(\d{1,3})_sms_store", re.MULTILINE)
_ARRAY = re.compile(r"^\s{0,20}sms\s{0,3}=\s{0,3}\[", re.MULTILINE)
_ENTRY = re.compile(r"(\d\d-\d\d \d\d:\d\d:\d\d),([^,]{0,40}),")
_BETWEEN = re.compile(r'",\s?"')
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


class WebInbox(InboxReader):
    """The box's own list of received messages; reading removes nothing."""

    def __init__(self, pages: GoipPages) -> None:
        """Use the pages of one box."""
        self._pages = pages

    @override
    async def read_inbox(self) -> tuple[InboxEntry, ...]:
        return parse_inbox(await self._pages.get("tools.html", {"type": "sms_inbox"}))


def parse_inbox(page: str) -> tuple[InboxEntry, ...]:
    """Return the entries of all lines, padding left out.

    Raises `UnexpectedReply` for a page without any list.
    """
    entries: list[InboxEntry] = []
    position = 0
    for insert in _INSERT.finditer(page):
        start = _ARRAY.search(page, position, insert.start())
        end = page.rfind("];", position, insert.start())
        position = insert.end()
        if start is not None and end >= start.end():
            rows = _strings(page[start.end() : end])
            entries += _entries(int(insert[1]), rows)
    if not position:
        raise UnexpectedReply("No list of received messages", page.encode())
    return tuple(entries)


def _entries(channel: int, rows: list[str]) -> list[InboxEntry]:
    """Return the entries of one line; what does not start with time and sender is padding."""
    found: list[InboxEntry] = []
    for row in rows:
        if match := _ENTRY.match(row):
            text = row[match.end() :]
            found.append(
                InboxEntry(
                    channel=channel, sender=match[2], text=text, box_time=match[1]
                )
            )
    return found


def _strings(array: str) -> list[str]:
    """Return the strings of a JavaScript array, JSON or not."""
    try:
        parsed = json.loads(f"[{array}]", strict=False)
    except ValueError, RecursionError:
        body = array.strip().removeprefix('"').removesuffix('"')
        parsed = [_ESCAPE.sub(_unescape, each) for each in _BETWEEN.split(body)]
    return _whole_rows([clean(row) for row in parsed if isinstance(row, str)])


def _whole_rows(strings: list[str]) -> list[str]:
    """Join what a quote inside a text has cut: a row begins with time and sender."""
    rows: list[list[str]] = []
    for string in strings:
        if _ENTRY.match(string) or not string or not rows:
            rows.append([string])
        else:
            rows[-1].append(string)
    return ['","'.join(row) for row in rows]


def _unescape(match: re.Match[str]) -> str:
    """Return the character that a JavaScript escape stands for."""
    digits = match[1] or match[2]
    if digits:
        return chr(int(digits, 16))
    return _PLAIN_ESCAPES.get(match[3], match[3])
