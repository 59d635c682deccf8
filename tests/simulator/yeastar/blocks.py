"""Bytes of the Asterisk Manager dialect that a TG speaks: actions in, responses and events out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

ActionIdPlace = Literal["first", "after-response", "after-privilege"]
EndMark = Literal["as-captured", "glued", "own-line"]

BANNER = b"Asterisk Call Manager/1.1\r\n"
END_COMMAND = "--END COMMAND--"
END_EVENT = "--END SMS EVENT--"
MAX_PENDING_BYTES = 64 * 1024


class InputTooLongError(Exception):
    """The peer sent more bytes without a blank line than the box keeps."""


@dataclass(frozen=True)
class Action:
    """One action of a client: its headers in the order they came."""

    headers: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """Return the first value of a header, whatever its case, or None."""
        wanted = name.lower()
        return next(
            (value for key, value in self.headers if key.lower() == wanted), None
        )


class ActionReader:
    """Cut a byte stream into actions; both CRLF and LF end a line (section 2.1)."""

    def __init__(self) -> None:
        """Start with an empty buffer."""
        self._pending = b""
        self._headers: list[tuple[str, str]] = []

    def feed(self, data: bytes) -> list[Action]:
        """Take received bytes, return the actions they complete; raise InputTooLongError."""
        *lines, self._pending = (self._pending + data).split(b"\n")
        actions = [
            action for line in lines if (action := self._take_line(line)) is not None
        ]
        if (
            len(self._pending) + sum(len(k) + len(v) for k, v in self._headers)
            > MAX_PENDING_BYTES
        ):
            raise InputTooLongError
        return actions

    def _take_line(self, raw: bytes) -> Action | None:
        line = raw.removesuffix(b"\r").decode("utf-8", "replace")
        if line:
            name, colon, value = line.partition(":")
            if colon:
                self._headers.append((name.strip(), value.lstrip(" ")))
            return None
        if not self._headers:
            return None
        action, self._headers = Action(tuple(self._headers)), []
        return action


def response(
    kind: str, headers: Iterable[tuple[str, str]] = (), action_id: str | None = None
) -> bytes:
    """Format a plain response, e.g. ``Response: Success``."""
    lines = [f"Response: {kind}"]
    if action_id is not None:
        lines.append(f"ActionID: {action_id}")
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def follows_head(action_id: str | None, place: ActionIdPlace) -> bytes:
    """Format the CRLF header lines before the body of a command's answer (Q3, D2)."""
    lines = ["Response: Follows", "Privilege: SMSCommand"]
    if action_id is not None:
        index = {"first": 0, "after-response": 1, "after-privilege": 2}[place]
        lines.insert(index, f"ActionID: {action_id}")
    return ("\r\n".join(lines) + "\r\n").encode()


def follows_body(lines: list[str], mark: EndMark, *, mark_glued: bool = False) -> bytes:
    """Format the LF body and the end mark of a command's answer (Q3).

    With the mark "as-captured", ``mark_glued`` tells whether the captures show it
    glued to the last line.
    """
    glued = mark == "glued" or (mark == "as-captured" and mark_glued)
    body = "\n".join(lines)
    if lines and not glued:
        body += "\n"
    return f"{body}{END_COMMAND}\r\n\r\n".encode()


def event(name: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """Format an SMS event with its own end mark (Q4)."""
    lines = [f"Event: {name}", "Privilege: all,smscommand"]
    lines += [f"{key}: {value}" for key, value in headers]
    lines += [END_EVENT, "", ""]
    return "\r\n".join(lines).encode()
