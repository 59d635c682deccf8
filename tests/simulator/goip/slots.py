"""The send status: one slot per line, not per message."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

STARTED = "STARTED"
DONE = "DONE"
ERRORDONE = "ERRORDONE"


@dataclass
class Slot:
    """What the box remembers of the last SMS or USSD of one line."""

    key: str = ""
    status: str = ""
    error: str = ""

    def begin(self, key: str) -> None:
        """Forget the last one; a new one starts."""
        self.key, self.status, self.error = key, STARTED, ""

    def end(self, status: str, error: str, blank_key: bool) -> None:
        """Write the end; some firmwares blank the key when the status is DONE (Q4)."""
        self.status, self.error = status, error
        if blank_key and status == DONE:
            self.key = ""


def slots_xml(slots: list[Slot], key_name: str, encoding: str) -> str:
    """Return the page with numbered elements; `key_name` is id or smskey (Q7).

    The literals of the two variants differ in their line breaks.
    """
    rows = []
    for number, slot in enumerate(slots, 1):
        row = [
            f"<{key_name}{number}>{escape(slot.key)}</{key_name}{number}>",
            f"<status{number}>{slot.status}</status{number}>",
            f"<error{number}>{escape(slot.error)}</error{number}>",
        ]
        rows.append(("" if key_name == "id" else "\n").join(row))
    return _page("\n".join(rows), encoding)


def bare_xml(slot: Slot, encoding: str) -> str:
    """Return the oldest shape: one un-numbered triple."""
    return _page(
        f"<smskey>{escape(slot.key)}</smskey>\n<status>{slot.status}</status>\n"
        f"<error>{escape(slot.error)}</error>",
        encoding,
    )


def _page(rows: str, encoding: str) -> str:
    """Return a whole document."""
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        f"<send-sms-status>\n{rows}\n</send-sms-status>\n"
    )
