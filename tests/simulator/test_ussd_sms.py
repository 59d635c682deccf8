"""Answers that come as an SMS, after a USSD like "your request is accepted"."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from decimal import Decimal

from .core.clock import ManualClock, settle
from .core.line import Line
from .core.program import add_common_arguments, build_lines
from .core.sim_card import SimCard
from .goip import GoipBox

START = datetime(2026, 7, 11, tzinfo=UTC)
CARD = (
    "1 balance=5 ussd_delay=0 sms_sender=MTS sms_delay=7 "
    "'balance_template=Accepted' 'sms:*100#=Balance: {balance} {currency}'"
)


def card() -> SimCard:
    """Return the card of the options, as a program gets them."""
    parser = ArgumentParser()
    add_common_arguments(parser, lines=1, sims=0)
    (line,) = build_lines(parser.parse_args(["--sim", CARD]))
    assert line.sim is not None
    return line.sim


def came_in(box: GoipBox) -> list[tuple[str, str]]:
    """Return senders and texts of what has come in on line 1."""
    entries = box.journal.entries("sms_incoming", line=1)
    return [(entry.fields["sender"], entry.fields["text"]) for entry in entries]


async def test_the_sms_comes_some_seconds_after_the_answer_to_its_code() -> None:
    clock = ManualClock(START)
    async with GoipBox(lines=[Line(1, card())], clock=clock) as box:
        answer = await box.dial_ussd(box.line(1), "*100#", "test")
        assert (answer.kind, answer.text) == ("reply", "Accepted")
        await clock.advance(6.5)
        assert came_in(box) == []
        await clock.advance(1)
        assert came_in(box) == [("MTS", "Balance: 5 р.")]


async def test_another_code_brings_no_sms() -> None:
    clock = ManualClock(START)
    async with GoipBox(lines=[Line(1, card())], clock=clock) as box:
        await box.dial_ussd(box.line(1), "*101#", "test")
        await clock.advance(60)
        assert came_in(box) == []


async def test_a_failed_dialogue_brings_no_sms() -> None:
    clock = ManualClock(START)
    async with GoipBox(lines=[Line(1, card())], clock=clock) as box:
        await box.ussd_error(1, "ERROR")
        await box.dial_ussd(box.line(1), "*100#", "test")
        await clock.advance(60)
        assert came_in(box) == []


async def test_the_network_keeps_the_sms_for_its_card() -> None:
    clock = ManualClock(START)
    async with GoipBox(lines=[Line(1, card())], clock=clock) as box:
        await box.dial_ussd(box.line(1), "*100#", "test")
        mine, box.line(1).sim = (
            box.line(1).sim,
            SimCard(number="+7888", balance=Decimal(1)),
        )
        await clock.advance(60)
        assert came_in(box) == []
        box.line(1).sim = mine
        await clock.advance(10)
        await settle()
        assert came_in(box) == [("MTS", "Balance: 5 р.")]
