"""ReceivedSMS events of a simulated TG."""

from datetime import UTC, datetime
import re
from typing import Any

import pytest

from .core.clock import ManualClock
from .core.journal import SMS_HANDED_OVER, SMS_INCOMING, SMS_LOST
from .raw_ami import RawAmi, box_and_login, login
from .yeastar import YeastarBox, YeastarOptions

SENDER = "+22652004896"
LONG = "ж" * 67 + "щ" * 67 + "ю" * 3
LONG_PARTS = ["%D0%B6" * 67, "%D1%89" * 67, "%D1%8E" * 3]
BOM = "%EF%BB%BF"
PONG = b"Response: Success\r\nPing: Pong\r\n\r\n"


async def header(client: RawAmi, name: str) -> str:
    """Read one event and return one of its values."""
    return field(await client.block(), name)


def field(block: bytes, name: str) -> str:
    """Return one value of a block."""
    found = re.search(rf"\r\n{name}: (.*?)\r\n", block.decode())
    assert found is not None, block
    return found[1]


async def test_event_is_the_one_of_the_capture() -> None:
    clock = ManualClock(datetime(2019, 8, 19, 15, 39, 21, tzinfo=UTC))
    async with YeastarBox(clock=clock) as box, login(box) as client:
        assert box.lines[1].sim is not None
        box.lines[1].sim.smsc = "+22670900505"
        await box.receive(1, SENDER, "Ok")
        assert await client.block() == (
            b"Event: ReceivedSMS\r\n"
            b"Privilege: all,smscommand\r\n"
            b"ID: \r\n"
            b"GsmSpan: 2\r\n"
            b"Sender: +22652004896\r\n"
            b"Recvtime: 2019-08-19 15:39:21\r\n"
            b"Index: 1\r\n"
            b"Total: 1\r\n"
            b"Smsc: +22670900505\r\n"
            b"Content: Ok\r\n"
            b"--END SMS EVENT--\r\n\r\n"
        )


async def test_recvtime_is_in_the_zone_of_the_box() -> None:
    clock = ManualClock(datetime(2024, 2, 29, 22, 0, 0, tzinfo=UTC))
    options = YeastarOptions(utc_offset_hours=3.0)
    async with YeastarBox(options, clock=clock) as box, login(box) as client:
        await box.receive(1, SENDER, "Ok")
        assert await header(client, "Recvtime") == "2024-03-01 01:00:00"


@pytest.mark.parametrize(
    ("options", "text", "content"),
    [
        (YeastarOptions(), "短信", "%EF%BB%BF%E7%9F%AD%E4%BF%A1"),
        (YeastarOptions(), "Is it 5?", "%EF%BB%BFIs%20it%205%3F"),
        (YeastarOptions(blank="plus"), "1+1 = 2", "%EF%BB%BF1%2B1+%3D+2"),
        (
            YeastarOptions(blank="plus"),
            "да нет",
            f"{BOM}%D0%B4%D0%B0+%D0%BD%D0%B5%D1%82",
        ),
        (YeastarOptions(bom=False), "да", "%D0%B4%D0%B0"),
        (YeastarOptions(plain_ascii="never"), "Ok", "%EF%BB%BFOk"),
        (YeastarOptions(plain_ascii="printable"), "1+1 = 100%", "1+1 = 100%"),
        (YeastarOptions(plain_ascii="printable"), "a\nb", "%EF%BB%BFa%0Ab"),
        (YeastarOptions(), "🎉", "%EF%BB%BF%F0%9F%8E%89"),
        (YeastarOptions(), "", "%EF%BB%BF"),
    ],
)
async def test_content(options: YeastarOptions, text: str, content: str) -> None:
    async with box_and_login(options) as (box, client):
        await box.receive(1, SENDER, text)
        assert await header(client, "Content") == content


@pytest.mark.parametrize(
    ("base", "single", "parts"),
    [
        ("one", "1", ["1", "2", "3"]),
        ("zero", "0", ["0", "1", "2"]),
        ("zero-single", "0", ["1", "2", "3"]),
    ],
)
async def test_index(base: Any, single: str, parts: list[str]) -> None:
    async with box_and_login(YeastarOptions(index_base=base)) as (box, client):
        await box.receive(1, SENDER, "Ok")
        assert await header(client, "Index") == single
        await box.receive(1, SENDER, LONG)
        assert [await header(client, "Index") for _ in parts] == parts


async def test_every_part_of_a_long_text_has_a_bom_and_the_same_id() -> None:
    async with box_and_login() as (box, client):
        await box.receive(2, SENDER, LONG)
        blocks = [await client.block() for _ in range(3)]
    assert [field(block, "Content") for block in blocks] == [
        BOM + part for part in LONG_PARTS
    ]
    assert {field(block, "ID") for block in blocks} == {"E9510087"}
    assert {field(block, "Total") for block in blocks} == {"3"}
    assert {field(block, "GsmSpan") for block in blocks} == {"3"}
    handed = box.journal.entries(SMS_HANDED_OVER, line=2)
    assert [(entry["part"], entry["total"]) for entry in handed] == [
        (1, 3),
        (2, 3),
        (3, 3),
    ]


async def test_parts_may_share_nothing_but_sender_and_time() -> None:
    async with box_and_login(YeastarOptions(incoming_id="empty")) as (box, client):
        await box.receive(1, SENDER, LONG)
        assert [await header(client, "ID") for _ in range(3)] == ["", "", ""]


async def test_small_numbers_as_id_begin_anew_after_a_reboot() -> None:
    options = YeastarOptions(incoming_id="counter")
    async with box_and_login(options) as (box, client):
        await box.receive(1, SENDER, "Ok")
        await box.receive(1, SENDER, LONG)
        seen = [await header(client, "ID") for _ in range(4)]
        assert seen == ["1", "2", "2", "2"]
        await box.reboot(1.0)
        async with login(box) as again:
            await box.receive(1, SENDER, "Ok")
            assert await header(again, "ID") == "1"


@pytest.mark.parametrize(
    ("order", "indexes"),
    [("in-order", ["1", "2", "3"]), ("reversed", ["3", "2", "1"])],
)
async def test_part_order(order: Any, indexes: list[str]) -> None:
    async with box_and_login(YeastarOptions(part_order=order)) as (box, client):
        await box.receive(1, SENDER, LONG)
        assert [await header(client, "Index") for _ in indexes] == indexes


async def test_shuffled_parts_are_the_same_for_the_same_seed() -> None:
    options = YeastarOptions(part_order="shuffled", seed=3)
    seen = []
    for _ in range(2):
        async with box_and_login(options) as (box, client):
            await box.receive(1, SENDER, "ж" * 600)
            seen.append([await header(client, "Index") for _ in range(9)])
    assert seen[0] == seen[1] != sorted(seen[0])


async def test_parts_with_gaps_mix_with_another_message() -> None:
    clock = ManualClock()
    options = YeastarOptions(part_gap_seconds=5.0, incoming_id="empty")
    async with YeastarBox(options, clock=clock) as box, login(box) as client:
        await box.receive(1, SENDER, "ж" * 70 + "щ")
        await box.receive(1, SENDER, "ю" * 70 + "я")
        await box.journal.wait_for_kind(SMS_HANDED_OVER, id=2)
        await clock.advance(5.0)
        seen = [(await client.block()).decode() for _ in range(4)]
    assert [text[text.index("Index") :][:8] for text in seen] == [
        "Index: 1",
        "Index: 1",
        "Index: 2",
        "Index: 2",
    ]


@pytest.mark.parametrize(
    ("name", "counts", "value"),
    [
        ("GsmSpan", "spans", "3"),
        ("GsmSpan", "ports", "3"),
        ("GsmPort", "spans", "3"),
        ("GsmPort", "ports", "2"),
    ],
)
async def test_span_or_port(name: Any, counts: Any, value: str) -> None:
    options = YeastarOptions(span_field=name, gsm_port_counts=counts)
    async with box_and_login(options) as (box, client):
        await box.receive(2, SENDER, "Ok")
        assert await header(client, name) == value


async def test_nobody_connected_loses_the_message_for_good() -> None:
    async with YeastarBox() as box:
        await box.receive(1, SENDER, LONG)
        lost = box.journal.entries(SMS_LOST)
        assert [entry["part"] for entry in lost] == [1, 2, 3]
        assert {entry["reason"] for entry in lost} == {"nobody connected"}
        async with login(box) as client:
            await client.send(b"Action: Ping\r\n\r\n")
            await client.exactly(PONG)
            await box.receive(1, SENDER, "Ok")
            await box.journal.wait_for_kind(SMS_HANDED_OVER, id=2)
        assert len(box.journal.entries(SMS_INCOMING)) == 2


async def test_event_cut_in_the_middle_is_lost() -> None:
    async with YeastarBox() as box:
        await box.cut("ami", after=150)
        async with login(box) as client:
            number = await box.receive(1, SENDER, "Ok")
            assert (await client.rest()).startswith(b"Event: ReceivedSMS\r\n")
            await box.journal.wait_for_kind(SMS_LOST, id=number)
        assert not box.journal.entries(SMS_HANDED_OVER)


async def test_a_part_that_never_comes() -> None:
    async with box_and_login() as (box, client):
        await box.take_in(1, SENDER, LONG, missing=(2,))
        blocks = [await client.block() for _ in range(2)]
    assert [field(block, "Index") for block in blocks] == ["1", "3"]
    assert {field(block, "Total") for block in blocks} == {"3"}


async def test_a_single_part_can_be_made_by_hand() -> None:
    async with box_and_login() as (box, client):
        await box.receive_part(1, SENDER, "two", part=2, total=2, id="244")
        block = await client.block()
    assert [field(block, name) for name in ("ID", "Index", "Total", "Content")] == [
        "244",
        "2",
        "2",
        "two",
    ]


async def test_letters_as_sender() -> None:
    async with box_and_login() as (box, client):
        await box.receive(1, "MegaFon", "Ok")
        assert await header(client, "Sender") == "MegaFon"
