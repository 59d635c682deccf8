"""An inbox with its announcements written down, and parts to give it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from custom_components.gsm_gateway.gateways.model import (
    Coding,
    Concatenation,
    SmsPart,
    Transport,
)
from custom_components.gsm_gateway.messaging.inbox import Inbox
from custom_components.gsm_gateway.messaging.messages import ReceivedMessage

from .hand_clock import HandClock

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
    """An inbox and what it announced."""

    inbox: Inbox
    messages: list[ReceivedMessage] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """The announced texts."""
        return [message.text for message in self.messages]

    @property
    def last(self) -> ReceivedMessage:
        """The message announced last."""
        return self.messages[-1]


@asynccontextmanager
async def listening(
    clock: HandClock, new_id: Callable[[], str]
) -> AsyncIterator[Announced]:
    """Run an inbox that may announce."""
    messages: list[ReceivedMessage] = []
    inbox = Inbox("box", clock, new_id, messages.append)
    inbox.open()
    task = asyncio.create_task(inbox.run())
    try:
        yield Announced(inbox, messages)
    finally:
        task.cancel()
        await asyncio.wait([task])
