"""Clock, alphabet, SIM card and journal."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
import json
from pathlib import Path
import time

import pytest

from .core import gsm0338
from .core.clock import Clock, ManualClock
from .core.journal import Journal
from .core.sim_card import SimCard, UssdAnswer

LONG = "0123456789" * 17


async def test_manual_clock_wakes_sleepers_in_their_order() -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    seen: list[tuple[str, float]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        seen.append((name, clock.monotonic()))

    tasks = [
        asyncio.create_task(sleeper("late", 30)),
        asyncio.create_task(sleeper("soon", 1)),
    ]
    await asyncio.sleep(0)
    await clock.advance(10)
    assert seen == [("soon", 1)]
    await clock.advance(20)
    assert seen == [("soon", 1), ("late", 30)]
    assert clock.now() == datetime(2026, 1, 1, 0, 0, 30, tzinfo=UTC)
    await asyncio.gather(*tasks)


async def test_clock_limits_in_simulated_seconds() -> None:
    clock = Clock(scale=1000)
    with pytest.raises(TimeoutError):
        await clock.wait_for(clock.sleep(3600), 1)


def test_gsm_alphabet() -> None:
    assert gsm0338.encode("@_Δ€[") == b"\x00\x11\x10\x1b\x65\x1b\x3c"
    assert gsm0338.decode(b"\x00\x11\x10\x1b\x65\x1b\x3c") == "@_Δ€["
    assert not gsm0338.fits("я")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 135, 3),
        ("🎉" * 35, 1),
        ("🎉" * 36, 2),
    ],
)
def test_parts(text: str, parts: int) -> None:
    found = gsm0338.split(text)
    assert len(found) == parts
    assert "".join(found) == text


def test_a_letter_of_two_units_is_never_cut() -> None:
    assert gsm0338.split("я" * 66 + "🎉" + "я" * 10) == ["я" * 66, "🎉" + "я" * 10]


def test_card_answers_its_balance_and_pays() -> None:
    card = SimCard(balance=Decimal("57.20"), price_per_sms=Decimal("1.10"))
    assert card.dial("*100#").text == "Баланс: 57.2 р."
    card.charge(2)
    assert card.dial("*100#").text == "Баланс: 55 р."


def test_card_with_a_menu() -> None:
    menu = UssdAnswer("1 Balance\n2 Bonus", menu={"1": UssdAnswer("{balance} RUB")})
    card = SimCard(balance=Decimal(5), ussd={"*111#": menu})
    assert card.dial("1").text == "Неверный запрос"
    assert card.dial("*111#").kind == "menu"
    assert card.dial("1").text == "5 RUB"
    assert card.dial("1").text == "Неверный запрос"


def test_card_with_different_answers() -> None:
    card = SimCard(ussd={"*1#": ["first", UssdAnswer(kind="silence")]})
    assert [card.dial("*1#").kind for _ in range(3)] == ["reply", "silence", "silence"]


async def test_journal_is_found_and_written(tmp_path: Path) -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    journal = Journal(clock, tmp_path / "journal.jsonl")
    journal.add("a", "box", 1, text="привет")
    journal.add("b", "box")
    assert (await journal.wait_for_kind("a", line=1))["text"] == "привет"
    assert [entry.seq for entry in journal.entries(since=1)] == [2]
    with pytest.raises(TimeoutError):
        await journal.wait_for_kind("c", timeout=0.01)
    journal.close()
    lines = (tmp_path / "journal.jsonl").read_text("utf-8").splitlines()
    written = json.loads(lines[0])
    assert written.pop("real") == pytest.approx(time.time(), abs=60)
    assert written == {
        "seq": 1,
        "time": "2026-01-01T00:00:00+00:00",
        "kind": "a",
        "box": "box",
        "line": 1,
        "text": "привет",
    }
