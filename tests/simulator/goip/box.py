"""A GoIP: lines, web pages, SMPP server, and what can be done to it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, override

from ..core import journal as j
from ..core.clock import Clock
from ..core.commands import CommandError, command
from ..core.connection import About
from ..core.http import HttpFraming, HttpOptions, HttpServer, Request, Response
from ..core.http_commands import HttpCommands
from ..core.journal import Journal
from ..core.line import IncomingSms, Line
from ..core.listener import Listener
from ..core.sim_card import default_card
from .calls import Calls
from .inbox import Inbox
from .jobs import Jobs
from .joining import Joining, Way
from .options import GoipOptions, set_option
from .smpp_server import SmppServer
from .udp_about import line_client, ready_words
from .udp_box import UdpBox
from .udp_send_groups import SendGroups
from .udp_side import UdpSide
from .web_about import about_request
from .web_pages import answer

ACTING_PAGES = ("send.html", "sms_info.html", "ussd_info.html", "reboot.html")


def default_lines(lines: int = 4, sims: int = 2) -> list[Line]:
    """Return lines of which the first `sims` have a card."""
    return [
        Line(number, default_card(number) if number <= sims else None)
        for number in range(1, lines + 1)
    ]


class GoipBox(HttpCommands, UdpBox):
    """A GoIP on loopback: `async with GoipBox(firmware("seed")) as box:`."""

    brand = "goip"

    def __init__(
        self,
        options: GoipOptions | None = None,
        lines: Iterable[Line] | None = None,
        clock: Clock | None = None,
        journal: Journal | None = None,
        name: str = "",
    ) -> None:
        self.options = options or GoipOptions()
        super().__init__(
            default_lines() if lines is None else lines,
            clock,
            journal,
            name,
            self.options.seconds_per_sms,
        )
        self._has_smpp = self.options.smpp
        self.requests: Counter[str] = Counter()
        """How often each page was asked for."""
        self.http = HttpServer(
            self._answer,
            self.clock,
            HttpOptions(),
            self.options.host,
            self.options.http_port,
            self._observe,
            HttpFraming(lambda request: about_request(self, request)),
        )
        self._apply_options()
        self.jobs = Jobs(self)
        self.inbox = Inbox(self)
        self.smpp = SmppServer(self)
        self.joining = Joining(self)
        self.send_groups = SendGroups(self.clock, self.outgoing)
        self.udp = UdpSide(self)
        self.calls = Calls(self)

    @property
    @override
    def listeners(self) -> dict[str, Listener]:
        """The ports by protocol."""
        ports = {"http": self.http.listener}
        return ports | ({"smpp": self.smpp.listener} if self._has_smpp else {})

    @property
    def http_port(self) -> int:
        """The port of the web pages."""
        return self.http.listener.port

    @property
    def smpp_port(self) -> int:
        """The port of the SMPP server."""
        return self.smpp.listener.port

    @property
    def url(self) -> str:
        """The address of the web pages."""
        return f"http://{self.options.host}:{self.http_port}"

    @property
    def uptime(self) -> float:
        """Simulated seconds since power on."""
        return self.clock.monotonic() - self.booted_at

    @override
    async def start(self) -> None:
        """Power on; the lines begin to call their SMS server."""
        await super().start()
        await self.udp.open()

    @override
    async def lose_power(self) -> None:
        """End everything that runs inside."""
        self.powered = False
        self.calls.forget()
        await self.udp.close("power")
        await super().lose_power()

    @override
    def left_network(self, line: Line, by: str) -> None:
        """End the USSD and the call of a line."""
        super().left_network(line, by)
        self.calls.hang_up(line, by)

    @override
    def forget(self) -> None:
        """Lose slots, running work and, unless it survives, the inbox."""
        for line in self.lines.values():
            line.module_on = line.module_on or line.number in self.jobs.crashed
        self.jobs = Jobs(self)
        self.smpp.forget()
        self.joining.forget()
        if not self.options.inbox_survives:
            self.inbox.clear()

    @override
    async def deliver(self, line: Line, message: IncomingSms) -> None:
        """List a message on the inbox page and hand it to SMPP and UDP."""
        for way in self.ways:
            way.take_in(line, message)

    @override
    async def deliver_part(self, line: Line, message: IncomingSms, part: int) -> None:
        """Take one part of a long SMS."""
        self.joining.take_in_part(line, message, part)

    @property
    def ways(self) -> list[Way]:
        """The ways from the radio to clients: the inbox page, SMPP and UDP."""
        ways: list[Way] = [self.inbox]
        ways += [self.smpp] if self._has_smpp else []
        return ways + ([self.udp] if self.udp.clients else [])

    @override
    def deliveries(self) -> list[About]:
        """Return the deliver_sm and UDP packets on their way."""
        return self.smpp.waiting() + self.udp.waiting()

    @override
    def forget_faults(self) -> int:
        """Forget web faults, refusals, duplicates, and losses and silence of UDP."""
        left = len(self.smpp.submits.refusals) + len(self.smpp.duplicates)
        left += len(self.udp.losses) + len(self.udp.silenced)
        self.udp.losses.clear()
        self.udp.silenced.clear()
        self.smpp.submits.refusals.clear()
        self.smpp.duplicates.clear()
        return left + self.forget_web_faults()

    @override
    def planned_faults(self) -> int:
        """Count the losses of UDP too."""
        return super().planned_faults() + len(self.udp.losses)

    def _apply_options(self) -> None:
        """Pass on the options that the core keeps."""
        web = self.http.options
        web.lf_only = self.options.lf_only
        web.keep_alive = self.options.keep_alive
        web.content_length = self.options.content_length
        self.seconds_per_sms = self.options.seconds_per_sms

    async def _answer(self, request: Request) -> Response:
        """Answer one web request."""
        return await answer(self, request)

    def _observe(self, request: Request, fault: str) -> None:
        """Count requests; those that act, or that a fault hits, are journalled."""
        page = request.path.rpartition("/")[2]
        self.requests[page] += 1
        if fault or page in ACTING_PAGES:
            self.log(j.HTTP_REQUEST, method=request.method, page=page, fault=fault)

    async def reboot_soon(self) -> None:
        """Reboot a moment later, when the web page is out."""
        await self.clock.sleep(1.0)
        await self.reboot(self.options.reboot_seconds)

    # Commands

    @command("Set an option at run time, e.g. name=inbox_slots value=5.")
    async def option(self, name: str, value: str) -> str:
        """Set one option; ports, host and `smpp` are read at the start only."""
        new = set_option(self.options, name, value)
        self._apply_options()
        await self.udp.refresh()
        return str(new)

    @command(
        "A long SMS comes in of which parts never came, e.g. missing=1,3.",
        aliases={"from": "sender"},
    )
    async def receive_incomplete(
        self, line: int, sender: str, text: str, missing: str = "1"
    ) -> int:
        """Take a long SMS with holes and return its id."""
        holes = tuple(int(number) for number in missing.split(","))
        return await self.take_in(line, sender, text, missing=holes)

    @command("Put an entry with these bytes (hex) on a line's inbox page.")
    async def inbox_bytes(self, line: int, hex: str) -> None:  # noqa: A002 - outer name
        """List raw bytes."""
        self.inbox.add_bytes(self.line(line), bytes.fromhex(hex))

    @command("Refuse the next submit_sm with a status, e.g. status=0x58.")
    async def smpp_refuse(self, status: str = "0x58", times: int = 1) -> None:
        """Plan refusals."""
        self.smpp.submits.refusals += [int(status, 0)] * times
        self.log(j.FAULT, fault="smpp_refuse", status=int(status, 0), times=times)

    @command("Send the next deliver_sm twice on one link; line=0: of any line.")
    async def smpp_duplicate(self, line: int = 0, times: int = 1) -> None:
        """Plan duplicates."""
        self.smpp.duplicates += [line] * times
        self.log(j.FAULT, line or None, fault="smpp_duplicate", times=times)

    @command("Send raw octets (hex) to the SMPP clients, or to one system_id.")
    async def inject(self, hex: str, system_id: str = "") -> int:  # noqa: A002 - outer name
        """Send anything at all and return how many clients got it."""
        octets = bytes.fromhex(hex)
        chosen = [
            session
            for session in self.smpp.sessions
            if session.login and system_id in ("", session.login.system_id)
        ]
        for session in chosen:
            await session.send_raw(octets)
        return len(chosen)

    @command("Send an SMPP request of the box's own: enquire_link or unbind.")
    async def smpp_request(self, what: str, system_id: str = "") -> int:
        """Ask the clients and return how many were asked."""
        commands = {"enquire_link": 0x15, "unbind": 0x06}
        if what not in commands:
            raise CommandError("what can be enquire_link or unbind")
        chosen = [
            session
            for session in self.smpp.sessions
            if session.login and system_id in ("", session.login.system_id)
        ]
        for session in chosen:
            await session.request(commands[what])
        return len(chosen)

    @override
    def state(self) -> dict[str, Any]:
        """Return the box with its logins and pages asked for."""
        logins = [
            {
                "system_id": s.login.system_id,
                "bind": s.login.kind,
                "peer": s.connection.peer,
            }
            for s in self.smpp.sessions
            if s.login
        ]
        return {**super().state(), "smpp": logins, "pages": dict(self.requests)}

    @override
    def line_state(self, line: Line) -> dict[str, Any]:
        """Return a line with its slot and inbox."""
        slot = self.jobs.slots[line.number]
        return {
            **super().line_state(line),
            "slot": {"key": slot.key, "status": slot.status, "error": slot.error},
            "inbox": self.inbox.state(line.number),
            "call": self.calls.state(line),
            "udp": line_client(self, line),
        }

    @override
    def ready_words(self) -> dict[str, str]:
        """Return whom the lines call."""
        return ready_words(self)
