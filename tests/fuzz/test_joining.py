"""Long messages come together whatever becomes of their parts on the way."""

import asyncio
from dataclasses import dataclass
from itertools import count
from math import ceil

from hypothesis import given, settings, strategies as st

from custom_components.gsm_gateway.gateways.model import (
    Coding,
    Concatenation,
    SmsPart,
    Transport,
)
from custom_components.gsm_gateway.gateways.text import clean, decode
from custom_components.gsm_gateway.messaging.arrivals import Arrival
from custom_components.gsm_gateway.messaging.joining import Joined, Joiner
from tests.gateways.properties import texts, tried
from tests.messaging.hand_clock import HandClock
from tests.messaging.receiving import listening

_PART_OCTETS = 134


@dataclass(frozen=True, slots=True)
class Delivery:
    """Messages, and their parts in the order in which a box brings them."""

    sent: list[str]
    parts: list[SmsPart]


def parts_of(text: str, number: int, base: int) -> list[SmsPart]:
    """Cut a text as a network that cares for no letter does."""
    octets = text.encode("utf-16-be")
    total = ceil(len(octets) / _PART_OCTETS)
    return [
        SmsPart(
            channel=1,
            sender=f"+4915{number % 2}",
            payload=octets[_PART_OCTETS * at : _PART_OCTETS * (at + 1)],
            coding=Coding.UCS2,
            transport=Transport.SMPP,
            concatenation=Concatenation(
                reference=str(number // 2), index=base + at, total=total
            ),
            link="bind 1",
        )
        for at in range(total)
    ]


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    """Mix the parts of some messages, and bring some of them again while others miss."""
    sent = draw(st.lists(texts, min_size=1, max_size=4))
    bases = draw(st.lists(st.sampled_from((0, 1)), min_size=4, max_size=4))
    own = [parts_of(text, number, bases[number]) for number, text in enumerate(sent)]
    mixed = draw(st.permutations([part for parts in own for part in parts]))
    again = draw(st.lists(st.sampled_from(mixed), max_size=6))
    places = draw(
        st.lists(st.integers(0, len(mixed)), min_size=len(again), max_size=len(again))
    )
    brought = list(mixed)
    for part, place in zip(again, places, strict=True):
        brought.insert(place, part)
    return Delivery(sent, _until_complete(brought))


def _until_complete(brought: list[SmsPart]) -> list[SmsPart]:
    """Leave out what comes again when its message is complete: that is no joiner's matter."""
    out: list[SmsPart] = []
    for part in brought:
        twins = [each for each in out if _key(each) == _key(part)]
        assert part.concatenation is not None
        if len({each.concatenation for each in twins}) < part.concatenation.total:
            out.append(part)
    return out


def _key(part: SmsPart) -> tuple[str, str]:
    assert part.concatenation is not None
    return part.sender, part.concatenation.reference


def text_of(joined: Joined) -> str:
    """Return the text of a message."""
    payload = b"".join(arrival.part.payload for arrival in joined.arrivals)
    return decode(payload, Coding.UCS2)


@tried
@given(deliveries())
def test_any_order_any_base_and_repeats_make_the_text(delivery: Delivery) -> None:
    clock, numbers = HandClock(), count(1)
    joiner = Joiner(clock)
    found = [
        joined
        for part in delivery.parts
        for joined in joiner.add(
            Arrival(
                part_id=f"p{next(numbers)}",
                part=part,
                at=clock.monotonic(),
                arrived_at=clock.now(),
            )
        )
    ]
    assert all(joined.complete and not joined.redelivered for joined in found)
    assert sorted(map(text_of, found)) == sorted(delivery.sent)
    assert not joiner.due()
    assert not joiner.arrivals()


@settings(tried, max_examples=25)
@given(deliveries())
def test_the_inbox_announces_each_text_once(delivery: Delivery) -> None:
    async def bring() -> list[str]:
        clock, numbers = HandClock(), count(1)
        async with listening(clock, lambda: f"m{next(numbers)}") as box:
            await box.take(*delivery.parts)
            assert all(message.complete for message in box.messages)
            return box.texts

    assert sorted(asyncio.run(bring())) == sorted(map(clean, delivery.sent))
