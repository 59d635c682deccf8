"""What an AMI action is about, for the journal, also one that was cut."""

from ..core.connection import About
from .blocks import MAX_PENDING_BYTES, Action, ActionReader, InputTooLongError
from .command_line import BackslashRule, split_arguments
from .incoming_sms import FIRST_SPAN
from .options import SendOptions
from .outgoing_text import decode_outgoing

SEND_SMS = "gsm send sms"
SEND_USSD = "gsm send ussd"


class AmiFraming:
    """Actions in a stream of bytes: each ends with a blank line."""

    def __init__(self, options: SendOptions) -> None:
        """Read texts as `options` say."""
        self._options = options

    def size(self, pending: bytes) -> int | None:
        """Return the size of the first action; raise InputTooLongError."""
        ends = [
            at + len(mark)
            for mark in (b"\n\r\n", b"\n\n")
            if (at := pending.find(mark)) >= 0
        ]
        if not ends and len(pending) > MAX_PENDING_BYTES:
            raise InputTooLongError
        return min(ends, default=None)

    def describe(self, request: bytes) -> About:
        """Return the action, or the command with its port, number, text, id and code."""
        action = _read(request)
        command = action.get("Command")
        if (action.get("Action") or "").lower() != "smscommand" or command is None:
            return {"dialogue": action.get("Action") or ""}
        return self._command(command, self._options.backslash)

    def _command(self, line: str, backslash: BackslashRule) -> About:
        """Return what a command line asks for."""
        words = split_arguments(line, backslash)
        count = 2 if [word.lower() for word in words[:2]] == ["gsm", "power"] else 3
        about: About = {"dialogue": " ".join(words[:count]).lower()}
        arguments = words[3:]
        if arguments and arguments[0].isdigit():
            about["line"] = int(arguments[0]) - FIRST_SPAN + 1
        if about["dialogue"] == SEND_SMS:
            names = ("number", "text", "key")
            about |= dict(zip(names, arguments[1:4], strict=False))
            if "text" in about:
                options = self._options
                about["text"] = decode_outgoing(
                    about["text"], options.decoding, options.plus, options.lone_percent
                )
        elif about["dialogue"] == SEND_USSD and len(arguments) > 1:
            about["code"] = arguments[1]
        return about


def _read(request: bytes) -> Action:
    """Return an action, or the beginning of one; empty if it is too long to be one."""
    try:
        actions = ActionReader().feed(request + b"\r\n\r\n")
    except InputTooLongError:
        actions = []
    return actions[0] if actions else Action(())
