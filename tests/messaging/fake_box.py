"""A box made of the ports alone; a test says how each call ends."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import override

from custom_components.gsm_gateway.gateways.model import (
    GatewayError,
    GatewayStatus,
    InboxEntry,
    SendState,
    TextTooLong,
    UssdReply,
)
from custom_components.gsm_gateway.gateways.ports import (
    Gateway,
    InboxReader,
    Listener,
    Recaller,
    Receiver,
    Sender,
    StatusReader,
    UssdRunner,
)
from custom_components.gsm_gateway.gateways.text import count_parts


class _NoLink(Receiver):
    @override
    async def run(self, listener: Listener) -> None:
        """Hear nothing."""


class _NoStatus(StatusReader):
    @override
    async def read_status(self) -> GatewayStatus:
        return GatewayStatus()


class FakeSender(Sender, Recaller):
    """Writes down what would go on the air."""

    def __init__(self, order: list[str]) -> None:
        self._order = order
        self.on_air: list[tuple[int, str, str]] = []
        """Channel, number and text of each call."""
        self.tokens: list[str] = []
        self.endings: list[Exception | None] = []
        """How the next calls end; without one, well."""
        self.gate: asyncio.Event | None = None
        """Holds every call until it is set."""
        self.reach = SendState.DELIVERED
        self.piece_length: int | None = None
        self.longest = 1000
        self.not_ready: set[int] = set()
        self.offered: list[dict[str, int]] = []
        self.recalled: dict[str, str] = {}
        self.as_unicode: list[bool] = []
        """Whether each call asked for UCS-2."""

    @property
    @override
    def reaches(self) -> SendState:
        return self.reach

    @override
    def token(self, serial: int) -> str:
        return f"{serial:x}"

    @override
    def split(self, text: str) -> list[str]:
        if len(text) > self.longest:
            raise TextTooLong("too long for this box")
        step = self.piece_length or max(1, len(text))
        return [text[at : at + step] for at in range(0, max(1, len(text)), step)]

    @override
    def count(self, text: str, *, unicode: bool = False) -> int:
        return max(len(self.split(text)), count_parts(text, unicode=unicode))

    @override
    def ready(self, channel: int) -> bool:
        return channel not in self.not_ready

    @override
    def serves(self, channel: int) -> bool:
        return True

    @override
    async def send(
        self, channel: int, to: str, text: str, token: str, *, unicode: bool = False
    ) -> None:
        self._order.append(text)
        self.on_air.append((channel, to, text))
        self.tokens.append(token)
        self.as_unicode.append(unicode)
        if self.gate is not None:
            await self.gate.wait()
        ending = self.endings.pop(0) if self.endings else None
        if ending is not None:
            raise ending

    @override
    def recall(self, channel: int, token: str, key: str, handed_at: datetime) -> None:
        self.recalled[token] = key

    @override
    async def resume(self, tokens: Mapping[str, int]) -> None:
        self.offered.append(dict(tokens))


class FakeUssd(UssdRunner):
    """Answers a code once its gate is open."""

    def __init__(self, order: list[str]) -> None:
        self._order = order
        self.dialled: list[tuple[int, str]] = []
        self.gate = asyncio.Event()

    @override
    async def run_ussd(self, channel: int, code: str) -> UssdReply:
        self._order.append(code)
        self.dialled.append((channel, code))
        await self.gate.wait()
        return UssdReply(text=f"answer to {code}")


class FakePage(InboxReader):
    """An inbox page that a test fills."""

    def __init__(self) -> None:
        self.entries: list[InboxEntry] = []
        self.error: GatewayError | None = None
        self.reads = 0

    @override
    async def read_inbox(self) -> tuple[InboxEntry, ...]:
        self.reads += 1
        if self.error is not None:
            raise self.error
        return tuple(self.entries)


class FakeBox:
    """A gateway with its abilities in a test's hands."""

    def __init__(self, *, pushes: bool = True, pacing: float = 0.0) -> None:
        self.order: list[str] = []
        """Texts and codes as they were begun."""
        self.sender = FakeSender(self.order)
        self.ussd = FakeUssd(self.order)
        self.page = FakePage()
        self.gateway = Gateway(
            receiver=_NoLink(),
            sender=self.sender,
            ussd=self.ussd,
            status=_NoStatus(),
            recaller=self.sender,
            inbox=self.page,
            inbox_pushes=pushes,
            pacing=pacing,
        )
