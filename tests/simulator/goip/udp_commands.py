"""What the server begins: SMS, USSD and control, each command to the part that knows it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..core import journal as j
from ..core.line import Line
from .udp_control import UdpControl
from .udp_send import UdpSend
from .udp_ussd import UdpUssd
from .udp_words import NotUnderstood, Reply

if TYPE_CHECKING:
    from .box import GoipBox


class UdpCommands:
    """The commands of one line, from power-up to power-down."""

    def __init__(self, box: GoipBox, line: Line, reply: Reply) -> None:
        """Bind to a line; `reply` sends a datagram to the server."""
        self._box = box
        self._line = line
        send = UdpSend(box, line, reply)
        ussd = UdpUssd(box, line, reply)
        self._control = UdpControl(box, line, reply)
        self._takers: dict[bytes, Callable[[bytes], None]] = {
            b"MSG": send.message,
            b"PASSWORD": send.password,
            b"SEND": send.send,
            b"SMS": send.packet,
            b"DONE": send.done,
            b"USSD": ussd.dial,
            b"USSDEXIT": ussd.leave,
        }

    def take(self, data: bytes) -> None:
        """Do one command; what the box does not understand it does not answer."""
        verb, _, rest = data.partition(b" ")
        taker = self._takers.get(verb)
        try:
            if taker is not None:
                taker(rest)
            else:
                self._control.take(verb[:24].decode("latin-1"), rest)
        except NotUnderstood:
            shown = verb[:24].decode("latin-1")
            self._box.log(j.UDP_IGNORED, self._line.number, verb=shown, size=len(data))
