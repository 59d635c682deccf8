"""A box without wires, made of the ports, for what no wire is needed to show."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    ChannelStatus,
    Coding,
    GatewayError,
    GatewayStatus,
    IncomingCall,
    InvalidAuth,
    NoReply,
    SendReport,
    SendState,
    SmsPart,
    Transport,
    UssdReply,
)
from custom_components.gsm_gateway.gateways.ports import Gateway, Listener


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One SMS on the air."""

    channel: int
    to: str
    text: str


@dataclass(eq=False)
class FakeBox:
    """A box whose switch, SIMs and answers are in the test's hands."""

    status: GatewayStatus = field(
        default_factory=lambda: GatewayStatus(
            model="GoIP-4",
            firmware="GS-4.01",
            serial="GOIP0001",
            mac="0012340a0b0c",
            channels=tuple(
                ChannelStatus(
                    channel=channel,
                    sim_present=True,
                    registered=True,
                    signal_csq=20,
                    operator="Orange",
                )
                for channel in (1, 2)
            ),
        )
    )
    answers: dict[int, str | GatewayError] = field(default_factory=dict)
    """What dialling a code on a channel brings."""
    on: bool = True
    reachable: frozenset[int] = frozenset(range(1, 33))
    """Channels that the link serves."""
    refuses: bool = False
    endings: list[GatewayError] = field(default_factory=list)
    """How the next sends end, after the last byte; without one, well."""
    reports: SendState | None = SendState.SENT
    """What it tells of an SMS besides that it took it."""
    crashes: int = 0
    """How many times the link crashes before it works."""
    leaves_after: float = 0.0
    """Seconds that a goodbye takes."""
    tells_calls: bool = False
    """Whether it tells of calls, and can reject them."""
    drops: GatewayError | None = None
    """Why it does not reject a call; it does without one."""
    ringing: asyncio.Event | None = None
    """What rejecting a call waits for, if anything."""

    pushes_status: bool = False
    """Whether its channels tell their status by themselves."""
    has_switches: bool = False
    """Whether it lets its modules and itself be switched off and restarted."""

    reads: int = 0
    """How many times somebody asked for the status."""
    switched: list[tuple[int, bool]] = field(default_factory=list)
    restarted: list[int | None] = field(default_factory=list)
    """Channels, or None for the box."""
    sent: list[Sent] = field(default_factory=list)
    dialled: list[tuple[int, str]] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)
    """Channels whose calls it rejected."""
    links: int = 0
    """How many times a link was begun."""
    goodbyes: int = 0
    listener: Listener | None = None
    breaks: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by a test: the link crashes while it is up."""
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a link has told how it stands."""

    def gateway(self) -> Gateway:
        """Return the box as a driver would."""
        return Gateway(
            receiver=self,
            sender=self,
            ussd=self,
            status=self,
            tells_calls=self.tells_calls,
            call_dropper=self if self.tells_calls else None,
            status_pushes=self.pushes_status,
            module_switch=self if self.has_switches else None,
            module_restarter=self if self.has_switches else None,
            restarter=self if self.has_switches else None,
        )

    def switch(self, *, on: bool) -> None:
        """Plug the box in, or out."""
        self.on = on
        self._tell()

    def receive(
        self, text: str, *, channel: int = 1, sender: str = "+48501502503"
    ) -> None:
        """Hand over an SMS."""
        self.hand_over(
            SmsPart(
                channel=channel,
                sender=sender,
                payload=text.encode(),
                coding=Coding.UTF8,
                transport=Transport.AMI,
            )
        )

    def hand_over(self, part: SmsPart) -> None:
        """Hand over one part."""
        assert self.listener is not None
        self.listener.on_part(part)

    def ring(self, caller: str = "+48501502503", *, channel: int = 1) -> None:
        """Tell of a voice call."""
        assert self.listener is not None
        self.listener.on_call(IncomingCall(channel=channel, caller=caller))

    async def drop_call(self, channel: int) -> None:
        """Reject a call."""
        if self.ringing is not None:
            await self.ringing.wait()
        if self.drops is not None:
            raise self.drops
        self.dropped.append(channel)

    def tell(self, channel: int, **facts: Any) -> None:
        """Let a channel tell of itself."""
        assert self.listener is not None
        self.listener.on_status(ChannelStatus(channel=channel, **facts))

    def change(self, channel: int, **facts: Any) -> None:
        """Let the status of a channel be another one."""
        channels = tuple(
            replace(known, **facts) if known.channel == channel else known
            for known in self.status.channels
        )
        self.status = replace(self.status, channels=channels)

    async def run(self, listener: Listener) -> None:
        """Keep a link."""
        self.links += 1
        if self.crashes:
            self.crashes -= 1
            raise RuntimeError("the link crashed")
        self.listener = listener
        try:
            self._tell()
            if not self.refuses:
                await self.breaks.wait()
                self.breaks.clear()
                raise RuntimeError("the link broke")
        except asyncio.CancelledError:
            listener.on_connection(connected=False, error=CannotConnect("bye"))
            await asyncio.sleep(self.leaves_after)
            self.goodbyes += 1
            raise
        finally:
            self.listener = None

    def _tell(self) -> None:
        if self.listener is None:
            return
        error: GatewayError | None = None
        if self.refuses:
            error = InvalidAuth("wrong password")
        elif not self.on:
            error = CannotConnect("no route")
        self.listener.on_connection(connected=error is None, error=error)
        self.heard.set()

    def _check(self) -> None:
        if not self.on:
            raise CannotConnect("no route")

    @property
    def reaches(self) -> SendState:
        """Report what the network took."""
        return SendState.SENT

    def token(self, serial: int) -> str:
        """Spell a key."""
        return str(serial)

    def split(self, text: str) -> list[str]:
        """Take texts whole."""
        return [text]

    def count(self, text: str, *, unicode: bool = False) -> int:
        """Count every text as one SMS."""
        return 1

    def ready(self, channel: int) -> bool:
        """Send while the box is on."""
        return self.on and channel in self.reachable

    def serves(self, channel: int) -> bool:
        """Know all ports that the box was made for."""
        return channel in self.reachable

    async def send(
        self, channel: int, to: str, text: str, token: str, *, unicode: bool = False
    ) -> None:
        """Put an SMS on the air."""
        self._check()
        if self.endings:
            raise self.endings.pop(0)
        self.sent.append(Sent(channel=channel, to=to, text=text))
        if self.listener is not None and self.reports is not None:
            self.listener.on_report(SendReport(token=token, state=self.reports))

    async def resume(self, tokens: Mapping[str, int]) -> None:
        """Remember nothing."""

    async def run_ussd(self, channel: int, code: str) -> UssdReply:
        """Dial a code."""
        self._check()
        self.dialled.append((channel, code))
        answer = self.answers.get(channel, NoReply("no answer"))
        if isinstance(answer, GatewayError):
            raise answer
        return UssdReply(text=answer)

    async def read_status(self) -> GatewayStatus:
        """Show the status."""
        self.reads += 1
        self._check()
        return self.status

    async def switch_module(self, channel: int, *, on: bool) -> None:
        """Switch a module; the status tells of it when the test says so."""
        self._check()
        self.switched.append((channel, on))

    async def restart_module(self, channel: int) -> None:
        """Restart a module."""
        self._check()
        self.restarted.append(channel)

    async def restart(self) -> None:
        """Restart the box."""
        self._check()
        self.restarted.append(None)
