"""What people and tests can do to the UDP clients of a box, and calls."""

from ..core import journal as j
from ..core.box import Box
from ..core.commands import CommandError, command
from ..core.line import Line
from ..core.listener import require_loopback
from .calls import NORMAL, Calls
from .udp_air import Loss
from .udp_side import UdpSide

_TAILS = {
    "CELLINFO": 'info:"{}"',
    "EXPIRY": "exp:{}",
    "REMAIN": "gsm_remain_time:{}",
    "STATE": "gsm_remain_state:{}",
    "USSN": "msg:{}",
}
"""How the known verbs name what they tell."""


class UdpBox(Box):
    """Commands of a box whose lines call an SMS server."""

    udp: UdpSide
    calls: Calls

    @command("A call comes in and rings for a minute.", aliases={"from": "caller"})
    async def call(self, line: int, caller: str, record_twice: bool = False) -> None:
        """Ring; raise CommandError without a network or during another call."""
        self.calls.ring(self.line(line), caller, record_twice)

    @command("The caller hangs up.")
    async def hangup(self, line: int, cause: str = NORMAL) -> None:
        """End a call."""
        if not self.calls.hang_up(self.line(line), "caller", cause):
            raise CommandError(f"line {line} has no call")

    @command(
        "Push a packet: the value of CELLINFO, EXPIRY, REMAIN, STATE or USSN, or any other "
        "verb with what stands behind its password."
    )
    async def push(self, line: int, verb: str, info: str = "") -> None:
        """Push any verb at all."""
        tail = _TAILS.get(verb, "{}").format(info)
        self.udp.tell(self._calling(line), verb, tail)

    @command("Push what became of an SMS, whether or not it was sent.")
    async def udp_deliver(
        self, line: int, sms_no: int, state: int = 0, number: str = ""
    ) -> None:
        """Push DELIVER."""
        target = self._calling(line)
        self.udp.tell(target, "DELIVER", f"sms_no:{sms_no};state:{state};num:{number}")

    @command("Send from a new port, as NAT does; line=0: every line.")
    async def udp_port_change(self, line: int = 0) -> None:
        """Change the source port."""
        for target in self._chosen_lines(line):
            await self.udp.move(target, self.udp.address(target))
        self.log(j.FAULT, line or None, fault="udp_port_change")

    @command("Send from another loopback address; line=0: every line.")
    async def udp_address(self, address: str, line: int = 0) -> None:
        """Move the box."""
        require_loopback(address)
        for target in self._chosen_lines(line):
            await self.udp.move(target, address)
        self.log(j.FAULT, line or None, fault="udp_address", address=address)

    @command(
        "Lose the next datagrams of a verb (req, reg, RECEIVE, OK, …; empty: any); "
        "direction=in (to the box), out or both; line=0: any."
    )
    async def udp_lose(
        self, what: str = "", times: int = 1, line: int = 0, direction: str = "both"
    ) -> None:
        """Plan losses."""
        if direction not in ("in", "out", "both"):
            raise CommandError("direction can be in, out or both")
        way = "" if direction == "both" else direction
        self.udp.losses += [Loss(what, way, line)] * times
        self.log(
            j.FAULT,
            line or None,
            fault="udp_lose",
            what=what,
            times=times,
            direction=way,
        )

    @command("Send no keepalives (state=on), or again; line=0: every line.")
    async def udp_silence(self, state: bool, line: int = 0) -> None:
        """Stop the keepalives; everything else goes on."""
        numbers = {target.number for target in self._chosen_lines(line)}
        self.udp.silenced = (
            self.udp.silenced | numbers if state else self.udp.silenced - numbers
        )
        self.log(j.FAULT, line or None, fault="udp_silence", state=state)

    def _chosen_lines(self, number: int) -> list[Line]:
        """Return one line, or all."""
        return [self.line(number)] if number else list(self.lines.values())

    def _calling(self, number: int) -> Line:
        """Return a line that calls a server; raise CommandError when it does not."""
        line = self.line(number)
        if number not in self.udp.clients:
            raise CommandError(f"line {number} calls no SMS server")
        return line
