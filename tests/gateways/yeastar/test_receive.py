"""SMS that come in over AMI."""

import asyncio
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from custom_components.gsm_gateway.gateways.model import (
    Coding,
    Concatenation,
    SmsPart,
    Transport,
)
from custom_components.gsm_gateway.gateways.text import decode
from custom_components.gsm_gateway.messaging.inbox import Inbox
from custom_components.gsm_gateway.messaging.messages import ReceivedMessage
from custom_components.gsm_gateway.messaging.store import Store
from tests.gateways.yeastar.bench import on_box, on_script
from tests.messaging.hand_clock import settle
from tests.messaging.inline_executor import InlineExecutor
from tests.simulator.core.journal import SMS_HANDED_OVER

SENDER = "+79991112233"
ENDLESS = "Привет 🎉 "
LONG = ENDLESS * 20
BOM = "%EF%BB%BF"


def received(**changes: str) -> bytes:
    """Return the event that the device's own papers show."""
    fields = {
        "ID": "",
        "GsmSpan": "2",
        "Sender": "+22652004896",
        "Recvtime": "2019-08-19 15:39:21",
        "Index": "1",
        "Total": "1",
        "Smsc": "+22670900505",
        "Content": "Ok",
    }
    lines = ["Event: ReceivedSMS", "Privilege: all,smscommand"]
    lines += [
        f"{name}: {value}" for name, value in (fields | changes).items() if value != "-"
    ]
    return "\r\n".join([*lines, "--END SMS EVENT--", "", ""]).encode()


async def part_of(*events: bytes) -> SmsPart:
    """Return what the last of these events becomes."""
    async with on_script() as bench:
        talk = await bench.connect()
        await talk.say(b"".join(events))
        return (await bench.listener.until_parts(len(events)))[-1]


def joined(parts: list[SmsPart]) -> str:
    """Return the text of a long message."""

    def index(part: SmsPart) -> int:
        return part.concatenation.index if part.concatenation else 0

    return decode(b"".join(p.payload for p in sorted(parts, key=index)), Coding.UTF8)


def references(parts: list[SmsPart]) -> set[str]:
    """Return what the parts of a long message share."""
    return {part.concatenation.reference for part in parts if part.concatenation}


async def test_every_field_of_the_event_of_the_papers() -> None:
    part = await part_of(received())
    assert part == SmsPart(
        channel=1,
        sender="+22652004896",
        payload=b"Ok",
        coding=Coding.UTF8,
        transport=Transport.AMI,
        link="main",
        box_time="2019-08-19 15:39:21",
    )


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Ok", "Ok"),
        ("%EF%BB%BF%E8%BF%87%E7%9F%AD", "过短"),
        ("%ef%bb%bf%e8%bf%87", "过"),
        (f"{BOM}Hello+world%2B1", "Hello world+1"),
        (f"{BOM}Hello%20world+1", "Hello world 1"),
        (f"{BOM}100%25+sure", "100% sure"),
        (f"{BOM}%00a%0D%0Ab", "a\r\nb"),
        ("%D0%9F%D1%80+%2B", "Пр +"),
        ("Hello+world", "Hello world"),
        ("+79991112233", "+79991112233"),
        ("2+2=4", "2+2=4"),
        ("Call +79991112233 now", "Call +79991112233 now"),
        ("Only today: 50% off, 20%20 no", "Only today: 50% off, 20%20 no"),
        ("100%", "100%"),
        ("100%+1", "100%+1"),
        (" two blanks ", " two blanks "),
        (BOM, ""),
        ("", ""),
        (f"{BOM}%FF%FE", "\N{REPLACEMENT CHARACTER}" * 2),
        ("\ufeffHello there", "Hello there"),
    ],
)
async def test_content_in_all_its_forms(content: str, text: str) -> None:
    part = await part_of(received(Content=content))
    assert decode(part.payload, part.coding) == text


async def test_bytes_that_are_no_text_are_handed_over_as_they_are() -> None:
    part = await part_of(received(Content=f"{BOM}%FF%00%D0"))
    assert part.payload == b"\xff\x00\xd0"


@pytest.mark.parametrize(
    ("fields", "concatenation"),
    [
        ({"ID": "E9510086", "Index": "2", "Total": "3"}, ("E9510086", 2, 3)),
        ({"ID": "244", "Index": "0", "Total": "3"}, ("244", 0, 3)),
        ({"ID": "", "Index": "1", "Total": "3"}, ("", 1, 3)),
        ({"ID": "(null)", "Index": "1", "Total": "3"}, ("", 1, 3)),
        ({"ID": "244", "Index": "0", "Total": "1"}, None),
        ({"Index": "-", "Total": "-"}, None),
        ({"Index": "²", "Total": "99999999999999999999"}, None),
        ({"Index": "", "Total": "3"}, None),
    ],
)
async def test_where_a_part_stands(
    fields: dict[str, str], concatenation: tuple[str, int, int] | None
) -> None:
    part = await part_of(received(**fields))
    expected = None
    if concatenation:
        reference, index, total = concatenation
        expected = Concatenation(reference=reference, index=index, total=total)
    assert part.concatenation == expected


@pytest.mark.parametrize(
    ("spans", "channel"),
    [
        ([{"GsmSpan": "5"}], 4),
        ([{"GsmSpan": "-", "GsmPort": "5"}], 4),
        ([{"GsmSpan": "-", "GsmPort": "1"}], 1),
        ([{"GsmSpan": "-", "GsmPort": "1"}, {"GsmSpan": "-", "GsmPort": "5"}], 5),
        ([{"GsmSpan": "2", "GsmPort": "1"}], 1),
        ([{"GsmSpan": "-"}], 0),
        ([{"GsmSpan": "none"}], 0),
        # What has no port teaches nothing about the others.
        ([{"GsmSpan": "-"}, {"GsmSpan": "-", "GsmPort": "5"}], 4),
        ([{"GsmSpan": "-", "GsmPort": "x"}, {"GsmSpan": "-", "GsmPort": "5"}], 4),
    ],
)
async def test_the_printed_number_of_the_port(
    spans: list[dict[str, str]], channel: int
) -> None:
    part = await part_of(*(received(**span) for span in spans))
    assert part.channel == channel


CONTENT_FORMS = [
    {"blank": blank, "plain_ascii": plain, "bom": bom}
    for blank, plain, bom in product(
        ("percent20", "plus"), ("never", "simple", "printable"), (True, False)
    )
]


@pytest.mark.parametrize(
    "form", CONTENT_FORMS, ids=lambda f: "-".join(map(str, f.values()))
)
async def test_texts_survive_every_way_of_writing_them(form: dict[str, Any]) -> None:
    texts = [
        "Ok",
        "Your code is 1234",
        "Баланс: 57.20 р. + 100%",
        "50% off today",
        "\"quoted\" 'so' \\ 🎉",
        "line 1\nline 2",
    ]
    async with on_box(**form) as bench:
        for text in texts:
            await bench.box.receive(2, SENDER, text)
        await bench.listener.until_parts(len(texts))
    assert bench.listener.texts == texts
    assert {part.channel for part in bench.listener.parts} == {2}


@pytest.mark.parametrize("order", ["in-order", "reversed", "shuffled"])
@pytest.mark.parametrize("base", ["one", "zero", "zero-single"])
async def test_the_parts_of_a_long_text(order: str, base: str) -> None:
    async with on_box(part_order=order, index_base=base) as bench:
        await bench.box.receive(1, SENDER, LONG)
        parts = await bench.listener.until_parts(3)
    assert joined(parts) == LONG
    assert references(parts) == {"E9510087"}
    assert {part.payload[:3] for part in parts}.isdisjoint({b"\xef\xbb\xbf"})


@pytest.mark.parametrize("writes", ["bytes", "random", "merged"])
async def test_sms_in_any_tcp_writes(writes: str) -> None:
    async with on_box(writes=writes) as bench:
        await bench.box.receive(1, SENDER, "Привет 🎉")
        await bench.box.receive(1, SENDER, "Ok")
        await bench.listener.until_parts(2)
    assert bench.listener.texts == ["Привет 🎉", "Ok"]


@pytest.mark.parametrize("kind", ["empty", "shared", "counter"])
async def test_the_parts_of_a_long_text_share_what_the_box_gives(kind: str) -> None:
    async with on_box(incoming_id=kind) as bench:
        await bench.box.receive(1, SENDER, LONG)
        parts = await bench.listener.until_parts(3)
    assert references(parts) == {
        {"empty": "", "shared": "E9510087", "counter": "1"}[kind]
    }


@pytest.mark.parametrize("counts", ["spans", "ports"])
async def test_gsm_port_is_understood_once_port_1_has_spoken(counts: str) -> None:
    async with on_box(span_field="GsmPort", gsm_port_counts=counts) as bench:
        for line in (1, 2, 1):
            await bench.box.receive(line, SENDER, "Ok")
        parts = await bench.listener.until_parts(3)
    assert [part.channel for part in parts] == [1, 2, 1]


@pytest.mark.parametrize("place", ["before-reply", "inside", "held"])
async def test_an_sms_that_comes_during_a_command(place: str) -> None:
    async with on_box(events_during_command=place, command_seconds=5.0) as bench:
        reading = asyncio.create_task(bench.gateway.status.read_status())
        await bench.box.clock.sleep(1.0)
        await bench.box.receive(1, SENDER, "Ok")
        status = await reading
        await bench.listener.until_parts(1)
    assert [channel.registered for channel in status.channels] == [True, True]
    assert bench.listener.texts == ["Ok"]


async def test_an_sms_inside_an_answer_that_never_ends_is_not_lost() -> None:
    async with on_script() as bench:
        talk = await bench.connect()
        reading = asyncio.create_task(bench.gateway.status.read_status())
        await talk.hear()
        await talk.say(b"Response: Follows\r\nPrivilege: SMSCommand\r\n" + received())
        await bench.listener.until_parts(1)
        talk.abort()
        await asyncio.gather(reading, return_exceptions=True)
    assert bench.listener.texts == ["Ok"]


async def test_each_sms_comes_once_although_a_code_has_a_login_of_its_own() -> None:
    async with on_box(default_events="off") as bench:
        bench.box.lines[1].faults.ussd_delay = 10.0
        dialling = asyncio.create_task(bench.dial())
        await bench.box.journal.wait_for_kind("ussd_dialled")
        await bench.box.receive(2, SENDER, "Ok")
        await dialling
        assert len(bench.box.journal.entries(SMS_HANDED_OVER)) == 1
    assert bench.listener.texts == ["Ok"]


async def test_the_twin_of_a_box_that_tells_events_to_every_login_is_dropped(
    tmp_path: Path,
) -> None:
    announced: list[ReceivedMessage] = []
    async with on_script() as bench:
        talk = await bench.connect()
        store = Store(
            tmp_path / "log.db", bench.clock, lambda *_: None, InlineExecutor()
        )
        await store.open()
        inbox = Inbox("box", bench.clock, iter("abc").__next__, announced.append, store)
        await inbox.load()
        inbox.open()
        dialling = [asyncio.create_task(bench.dial(channel=n)) for n in (1, 2)]
        for _ in dialling:
            asked = await talk.hear_command()
            await talk.say(talk.answer(b"Status: Power on, Up\nState: READY\n"))
            assert asked in {b"gsm show span 2", b"gsm show span 3"}
            own = await bench.server.accept()
            await own.log_in(events=b"off")
            assert b"gsm send ussd" in await own.hear_command()
            await own.say(received(), own.answer(b"0:Send USSD failed on span 2\n"))
        await talk.say(received())
        for part in await bench.listener.until_parts(3):
            inbox.take(part)
        await settle()
        await store.close()
        await bench.clock.advance(1.0)  # both dialling logins say goodbye
        await asyncio.gather(*dialling, return_exceptions=True)
    assert {part.link for part in bench.listener.parts} == {"main", "ussd 1", "ussd 2"}
    assert [message.text for message in announced] == ["Ok"]
