"""An inbox with its announcements written down, and parts to give it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from custom_components.gsm_gateway.gateways.model import (
    Coding,
    Concatenation,
    SmsPart,
    Transport,
)
from custom_components.gsm_gateway.messaging.inbox import Inbox
from custom_components.gsm_gateway.messaging.messages import ReceivedMessage

from .fickle_store import FickleStore
from .hand_clock import HandClock, settle

SENDER = "+49170"


def smpp(
    text: str,
    place: tuple[str, int, int] | None = None,
    *,
    sender: str = SENDER,
    channel: int = 1,
    link: str = "bind 1",
    acknowledge: Callable[[], None] = lambda: None,
    refuse: Callable[[], None] = lambda: None,
) -> SmsPart:
    """Make a part as the SMPP driver does; `place` is reference, index, total."""
    return SmsPart(
        channel=channel,
        sender=sender,
        payload=text.encode("utf-16-be", "surrogatepass"),
        coding=Coding.UCS2,
        transport=Transport.SMPP,
        concatenation=_place(place),
        link=link,
        acknowledge=acknowledge,
        refuse=refuse,
    )


def udp(
    text: str,
    number: int | str,
    *,
    sender: str = SENDER,
    channel: int = 1,
    acknowledge: Callable[[], None] = lambda: None,
    refuse: Callable[[], None] = lambda: None,
) -> SmsPart:
    """Make a part as the UDP driver does; `number` is the box's own (recvid)."""
    return SmsPart(
        channel=channel,
        sender=sender,
        payload=text.encode(),
        coding=Coding.UTF8,
        transport=Transport.UDP,
        link=f"goip{channel}",
        receive_id=f"{number}",
        acknowledge=acknowledge,
        refuse=refuse,
    )


def ami(
    text: str,
    place: tuple[str, int, int] | None = None,
    *,
    channel: int = 1,
    link: str = "events",
    box_time: str = "2026-11-01 12:00:00",
) -> SmsPart:
    """Make a part as the AMI driver does."""
    return SmsPart(
        channel=channel,
        sender=SENDER,
        payload=text.encode(),
        coding=Coding.UTF8,
        transport=Transport.AMI,
        concatenation=_place(place),
        link=link,
        box_time=box_time,
    )


def _place(place: tuple[str, int, int] | None) -> Concatenation | None:
    if place is None:
        return None
    reference, index, total = place
    return Concatenation(reference=reference, index=index, total=total)


@dataclass
class Announced:
    """An inbox, the log that it writes, and what it announced."""

    inbox: Inbox
    store: FickleStore
    messages: list[ReceivedMessage] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    """The texts that `bring` and `push` brought and the box may forget."""
    refused: list[str] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """The announced texts."""
        return [message.text for message in self.messages]

    @property
    def last(self) -> ReceivedMessage:
        """The message announced last."""
        return self.messages[-1]

    async def take(self, *parts: SmsPart) -> None:
        """Give the inbox parts and let everything happen that follows."""
        for part in parts:
            self.inbox.take(part)
        await settle()

    async def bring(
        self,
        text: str,
        place: tuple[str, int, int] | None = None,
        *,
        link: str = "bind 1",
    ) -> None:
        """Let SMPP bring a part, and write down how it is answered."""
        part = smpp(
            text,
            place,
            link=link,
            acknowledge=lambda: self.acknowledged.append(text),
            refuse=lambda: self.refused.append(text),
        )
        await self.take(part)

    async def push(self, text: str, number: int | str = 1) -> None:
        """Let UDP bring a message, and write down how it is answered."""
        part = udp(
            text,
            number,
            acknowledge=lambda: self.acknowledged.append(text),
            refuse=lambda: self.refused.append(text),
        )
        await self.take(part)

    async def disk_back(self) -> None:
        """Let the disk take everything again."""
        self.store.full = False
        self.inbox.on_store_back()
        await settle()

    async def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Return what a query finds in the log."""
        return await self.store.read(lambda log: log.execute(sql).fetchall())


@asynccontextmanager
async def listening(
    clock: HandClock,
    new_id: Callable[[], str],
    file: Path | None = None,
    *,
    opened: bool = True,
    full: bool = False,
    announce: Callable[[ReceivedMessage], None] = lambda message: None,
) -> AsyncIterator[Announced]:
    """Run an inbox, which may announce if it is `opened`, on a log of its own or a given one.

    A `full` disk gives nothing either. `announce` hears of each message too.
    """
    with TemporaryDirectory() as folder:
        store = FickleStore(file or Path(folder) / "log.db", clock)
        await store.open()
        store.full = full
        messages: list[ReceivedMessage] = []

        def hear(message: ReceivedMessage) -> None:
            messages.append(message)
            announce(message)

        inbox = Inbox("box", clock, new_id, hear, store)
        await inbox.load()
        if opened:
            inbox.open()
        task = asyncio.create_task(inbox.run())
        await settle()
        try:
            yield Announced(inbox, store, messages)
        finally:
            task.cancel()
            await asyncio.wait([task])
            await store.close()


@asynccontextmanager
async def after_a_kill(
    box: Announced,
    clock: HandClock,
    new_id: Callable[[], str],
    *,
    opened: bool = True,
    full: bool = False,
) -> AsyncIterator[Announced]:
    """Run another inbox on what the disk has at this moment."""
    with TemporaryDirectory() as folder:
        file = box.store.copy(Path(folder) / "log.db")
        async with listening(clock, new_id, file, opened=opened, full=full) as again:
            yield again
