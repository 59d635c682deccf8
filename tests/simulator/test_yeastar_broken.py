"""Dialogues of a simulated TG that a fault or the client's end breaks, and the journal of it."""

import asyncio
from contextlib import AsyncExitStack, suppress

import pytest

from .core.clock import ManualClock, settle
from .core.journal import SMS_ON_AIR, Entry
from .raw_ami import BANNER, RawAmi, http_get, login
from .yeastar import YeastarBox, YeastarOptions

SEND = 'gsm send sms 2 +7123 "hello" 11'
LONG = "я" * 150


def yeastar(**options: object) -> YeastarBox:
    """Return a box whose clock stands still."""
    made: dict[str, object] = {"spacing": "none", **options}
    return YeastarBox(YeastarOptions(**made), clock=ManualClock())  # type: ignore[arg-type]


async def advance(box: YeastarBox, seconds: float) -> None:
    """Let simulated time pass."""
    assert isinstance(box.clock, ManualClock)
    await settle()
    await box.clock.advance(seconds)


async def ended(box: YeastarBox) -> Entry:
    """Return the end of the next AMI login."""
    return await box.journal.wait_for_kind("connection", event="closed", port="ami")


async def end_of(client: RawAmi) -> bytes:
    """Return what comes until the box ends the connection, in order or not."""
    got = b""
    with suppress(ConnectionError):
        while piece := await client.piece():
            got += piece
    return got


async def test_incoming_event_is_cut_for_one_of_two_logins() -> None:
    async with yeastar() as box, login(box) as one, login(box) as two:
        await box.cut("ami", 60, what="ReceivedSMS")
        number = await box.receive(1, "+7999", "hello")
        assert len(await end_of(one)) == 60
        assert b"Content: hello" in await two.block()
        entry = await ended(box)
        assert entry["by"] == "cut"
        (hit,) = box.journal.entries("fault_hit")
        assert (hit["dialogue"], hit["id"], hit["part"]) == ("ReceivedSMS", number, 1)
        (handed,) = box.journal.entries("sms_handed_over")
        assert handed["connection"] != hit["connection"]
        assert box.journal.entries("sms_lost") == []


async def test_only_the_event_that_was_cut_is_lost() -> None:
    async with yeastar(result_seconds=0.3) as box, login(box) as client:
        await client.ask(SEND)
        await advance(box, 3.2)
        await box.set_option("writes", "merged")
        await box.cut("ami", 10, what="UpdateSMSSend")
        await box.receive(1, "+7999", "first")
        await advance(box, 0.2)
        await box.receive(1, "+7999", "second")
        await advance(box, 0.2)
        got = await end_of(client)
        assert b"Content: first" in got
        assert got.endswith(b"Event: Upd")
        hits = box.journal.entries("fault_hit", fault="cut")
        assert [(hit["dialogue"], hit.fields.get("key")) for hit in hits] == [
            ("UpdateSMSSend", "11"),
            ("ReceivedSMS", None),
        ]
        (lost,) = box.journal.entries("sms_result_lost")
        assert (lost["sms"], lost["key"], lost["status"]) == (1, "11", "1")
        assert [x["id"] for x in box.journal.entries("sms_handed_over")] == [1]
        assert [x["id"] for x in box.journal.entries("sms_lost")] == [2]


@pytest.mark.parametrize(("after", "taken"), [(30, False), (65536, True)])
async def test_connection_is_reset_amid_a_command(after: int, taken: bool) -> None:
    async with yeastar() as box, login(box) as client:
        await box.reset("ami", after, what="gsm send sms")
        await client.command(SEND)
        assert await end_of(client) == b""
        entry = await ended(box)
        assert entry["by"] == "reset"
        (hit,) = box.journal.entries("fault_hit")
        assert hit.line == 1
        assert [hit[name] for name in ("number", "text", "key", "taken")] == [
            *("+7123", "hello"),
            *("11", taken),
        ]
        await advance(box, 4)
        assert len(box.journal.entries(SMS_ON_AIR)) == taken
        assert len(box.journal.entries("sms_result_lost")) == taken


async def test_connection_is_reset_amid_a_web_request() -> None:
    async with yeastar() as box:
        await box.reset("http", 20)
        with suppress(ConnectionResetError):
            await http_get(
                box.http_port,
                "/cgi/WebCGI?1500101=account=apiuser&password=apipass"
                "&port=2&destination=%2B7123&content=a+b%21",
            )
        (hit,) = box.journal.entries("fault_hit")
        assert hit.line == 2
        assert [hit[name] for name in ("dialogue", "number", "text", "taken")] == [
            *("1500101", "+7123"),
            *("a+b!", False),
        ]


async def test_half_open_login() -> None:
    async with yeastar(second_login="refused") as box, login(box) as client:
        await client.ask(SEND)
        await box.half_open()
        (dropped,) = box.journal.entries("sms_dropped")
        assert (dropped["key"], dropped["parts_on_air"]) == ("11", 0)
        await box.receive(1, "+7999", "lost")
        (lost,) = box.journal.entries("sms_lost")
        assert (lost["how"], lost["reason"]) == ("ami", "nobody connected")
        await client.command(SEND)
        hit = await box.journal.wait_for_kind("fault_hit", dialogue="gsm send sms")
        assert (hit["number"], hit["after_end"]) == ("+7123", True)
        async with login(box) as other:
            await box.receive(1, "+7999", "told")
            assert b"Content: told" in await other.block()
        await advance(box, 10)
        assert box.journal.entries(SMS_ON_AIR) == []


async def test_result_held_back_by_silence() -> None:
    async with yeastar() as box, login(box) as client:
        await client.ask(SEND)
        await box.hang(state=True, seconds=90, port="ami")
        await advance(box, 89)
        assert box.journal.entries("sms_result") == []
        pending = box.state()["pending"]["deliveries"]
        assert [x["dialogue"] for x in pending] == ["UpdateSMSSend"]
        await advance(box, 1)
        assert b"\r\nStatus: 1\r\n" in await client.block()
        (hit,) = box.journal.entries("fault_hit")
        assert (hit["fault"], hit["key"], hit["text"]) == ("hang", "11", "hello")
        assert hit["seconds"] > 80


async def test_late_result_after_a_new_login() -> None:
    async with yeastar() as box:
        await box.late_result(1, seconds=45)
        async with login(box) as client:
            await client.ask(SEND)
            await advance(box, 4)
        (hit,) = box.journal.entries("fault_hit", fault="result_late")
        assert (hit["sms"], hit["key"], hit["seconds"]) == (1, "11", 45)
        await ended(box)
        async with login(box) as client:
            await advance(box, 45)
            assert b"\r\nID: 11\r\n" in await client.block()
        (result,) = box.journal.entries("sms_result")
        assert (result["sms"], result["how"], result["status"]) == (1, "ami", "1")


async def test_power_takes_what_waits_and_what_was_not_told() -> None:
    async with (
        yeastar(spacing="queue", result_seconds=5.0) as box,
        login(box) as client,
    ):
        for key in (11, 12):
            await client.ask(f'gsm send sms 2 +7123 "hello" {key}')
        await advance(box, 4)
        assert [x["stage"] for x in box.state()["pending"]["sends"]] == ["queued"]
        await box.power(state=False)
        (lost,) = box.journal.entries("sms_result_lost")
        (dropped,) = box.journal.entries("sms_dropped")
        assert (lost["key"], lost["reason"]) == ("11", "power")
        assert (dropped["key"], dropped["reason"]) == ("12", "power")


async def test_client_dies_while_its_ussd_runs() -> None:
    async with yeastar() as box, login(box) as client:
        await client.command('gsm send ussd 2 "*100#" 30')
        await client.command(SEND)
        await client.send(b"Action: smscommand\r\nCommand: gsm send sms 3 +7555")
        await box.journal.wait_for_kind("ussd_dialled")
        await asyncio.sleep(0.05)  # for the bytes to be read
        client.writer.transport.abort()
        entry = await ended(box)
        assert entry["by"] in ("client", "client reset")
        assert [x["dialogue"] for x in entry["open"]] == [
            "gsm send ussd",
            *("gsm send sms", "gsm send sms"),
        ]
        assert entry["open"][0]["code"] == "*100#"
        assert entry["open"][1]["key"] == "11"
        assert entry["open"][2] == {
            "dialogue": "gsm send sms",
            "line": 2,
            "number": "+7555",
        }
        assert entry["partial"] == 49
        await advance(box, 10)
        await advance(box, 10)
        assert len(box.journal.entries(SMS_ON_AIR)) == 1


async def test_refused_command_names_its_sms() -> None:
    async with yeastar() as box, login(box) as client:
        await client.ask(f'gsm send sms 2 +7123 "{"x" * 1025}" 11')
        (refused,) = box.journal.entries("sms_refused", stage="asked")
        assert refused.line == 1
        assert (refused["number"], refused["key"]) == ("+7123", "11")
        assert refused["error"] == "SMS content is too long"


async def test_parts_come_late_and_between_others() -> None:
    async with yeastar() as box, login(box) as client:
        await box.receive_parts(1, "+7999", LONG, order="2,1,3", delays="0,180")
        second = await client.block()
        await box.receive(1, "+7888", "between")
        assert b"Content: between" in await client.block()
        await box.power(state=False)
        await advance(box, 200)
        await box.power(state=True)
        async with login(box) as again:
            await advance(box, 5)
            first = await again.block()
            await advance(box, 180)
            third = await again.block()
        blocks = [first, second, third]
        for index, block in enumerate(blocks, 1):
            assert b"\r\nIndex: %d\r\nTotal: 3\r\n" % index in block
        assert all(b"\r\nID: E9510087\r\n" in block for block in blocks)


async def test_roaming_is_shown() -> None:
    async with yeastar() as box, login(box) as client:
        await box.roaming(1, state=True, operator="Vodafone")
        detail = await client.ask("gsm show span 2")
        assert b"\nNetwork Name: Vodafone\n" in detail
        assert b"\nNetwork Status: Registered (Roaming)\n" in detail


async def test_many_logins_end_with_one_power_cut() -> None:
    async with yeastar() as box, AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(login(box)) for _ in range(20)]
        await box.reboot(30, wait=False)
        assert [await end_of(client) for client in clients] == [b""] * 20
        ends = box.journal.entries("connection", event="closed")
        assert [entry["by"] for entry in ends] == ["power"] * 20
        with pytest.raises(ConnectionError):
            await RawAmi.connect(box.ami_port)
        await advance(box, 30)
        client = await RawAmi.connect(box.ami_port)
        await client.exactly(BANNER)
        await client.close()
