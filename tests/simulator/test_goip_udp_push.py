"""What the lines of the simulated GoIP push: literal datagrams at a bare server."""

from typing import Any

import pytest

from .raw_goip import BoxWithClients, advance, get, goip
from .raw_udp import RawServer

START_SECONDS = 1783791068
"""The clock of a test's box at its start, in seconds since 1970."""
LONG = "я" * 80


def numbered(data: bytes) -> int:
    """Return the number of a packet that the box began."""
    return int(data.partition(b":")[2].partition(b";")[0])


async def greeted(server: RawServer, box: BoxWithClients) -> None:
    """Wait until every line has called and is logged in."""
    for line in box.lines:
        await box.journal.wait_for_kind("login", line=line)
        await server.keepalive()


async def pushed(text: str, **options: Any) -> bytes:
    """Return the datagram of one message from +7999."""
    async with (
        RawServer() as server,
        goip(lines=1, udp_server=server.address, **options) as box,
    ):
        await box.receive(1, "+7999", text)
        return await server.text()


HEAD = b"RECEIVE:1783791068;id:goip1;password:goip;srcnum:+7999;"


async def test_message_to_the_end_of_the_datagram() -> None:
    expected = HEAD + "msg:Да; id:5\n;msg:x;".encode()
    assert await pushed("Да; id:5\n;msg:x;") == expected


async def test_number_of_the_service_centre() -> None:
    assert await pushed("hi", udp_smsc=True) == HEAD + b"smscnum:+79037011111;msg:hi"


async def test_shorter_name_of_the_password() -> None:
    assert b";pass:goip;srcnum" in await pushed("hi", udp_password_key="pass")


async def test_long_text_in_one_datagram() -> None:
    assert await pushed(LONG) == HEAD + b"msg:" + LONG.encode()


async def test_part_that_never_came() -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await box.receive_incomplete(1, "+7999", LONG, missing="1")
        assert "msg: [SMS1 missed] я".encode() in await server.text()


async def test_parts_that_come_one_by_one_are_joined() -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await box.receive_parts(1, "+7999", LONG, order="2,1", delays="0,5")
        await box.journal.wait_for_kind("sms_part_incoming", part=2)
        await advance(box, 5)
        assert (await server.text()).endswith(b"msg:" + LONG.encode())


async def test_message_is_repeated_twice_and_given_up() -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await box.receive(1, "+7999", "hello")
        first = await server.text()
        for _ in range(2):
            await advance(box, 2.9)
            assert server.nothing()
            await advance(box, 0.1)
            assert await server.text() == first
        assert not box.journal.entries("sms_lost", how="udp")
        await advance(box, 3)
        (lost,) = box.journal.entries("sms_lost", how="udp")
        assert lost.fields == {
            "id": 1,
            "part": 1,
            "total": 1,
            "recvid": START_SECONDS,
            "how": "udp",
            "reason": "unacknowledged",
            "datagrams_through": 3,
        }
        await advance(box, 30)
        assert server.nothing()
        attempts = box.journal.entries("sms_handed_over", how="udp RECEIVE")
        assert [entry["attempt"] for entry in attempts] == [1, 2, 3]


async def test_tries_may_be_four() -> None:
    async with (
        RawServer() as server,
        goip(lines=1, udp_server=server.address, udp_tries=4) as box,
    ):
        await box.receive(1, "+7999", "hello")
        first = await server.text()
        await advance(box, 12)
        assert [await server.text() for _ in range(3)] == [first] * 3
        assert server.nothing()


@pytest.mark.parametrize("ending", [b"", b"\n", b";\n"])
async def test_acknowledged_message_is_not_repeated(ending: bytes) -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await greeted(server, box)
        await box.receive(1, "+7999", "hello")
        await server.text()
        server.tell(b"RECEIVE 1783791068 OK" + ending)
        entry = await box.journal.wait_for_kind("sms_acknowledged")
        assert (entry["id"], entry["status"], entry["attempt"]) == (1, 0, 1)
        assert box.state()["pending"]["deliveries"] == []
        await advance(box, 30)
        assert server.nothing()
        assert not box.journal.entries("sms_lost", how="udp")


@pytest.mark.parametrize(
    "answer",
    [
        b"RECEIVE 1783791067 OK",
        b"RECEIVE 1783791068",
        b"DELIVER 1783791068 OK",
        b"RECEIVE x OK",
        b"RECEIVE:1783791068 OK",
        b"OK 1783791068 RECEIVE",
    ],
)
async def test_answer_to_something_else(answer: bytes) -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await greeted(server, box)
        await box.receive(1, "+7999", "hello")
        await server.text()
        server.tell(answer)
        server.tell(b"STATE 1 OK")
        await box.push(1, "CGATT")
        cgatt = numbered(await server.text())
        server.tell(b"CGATT %d OK" % cgatt)
        await box.journal.wait_for_kind("udp_push", event="acknowledged")
        await advance(box, 3)
        assert (await server.text()).startswith(b"RECEIVE:")


async def test_answer_from_another_port() -> None:
    async with (
        RawServer() as server,
        RawServer() as stranger,
        goip(lines=1, udp_server=server.address) as box,
    ):
        await greeted(server, box)
        await box.receive(1, "+7999", "hello")
        _, line = await server.packet()
        stranger.send(b"RECEIVE 1783791068 OK", line)
        server.send(b"reg:1;status:200;", line)
        await advance(box, 3)
        assert (await server.text()).startswith(b"RECEIVE:")


@pytest.mark.parametrize(("rule", "repeated"), [("repeat", True), ("stop", False)])
async def test_message_refused_by_the_server(rule: str, repeated: bool) -> None:
    async with (
        RawServer() as server,
        goip(lines=1, udp_server=server.address, udp_receive_error=rule) as box,
    ):
        await greeted(server, box)
        await box.receive(1, "+7999", "hello")
        await server.text()
        server.tell(b"RECEIVE 1783791068 ERROR full")
        entry = await box.journal.wait_for_kind("sms_acknowledged")
        assert entry["status"] == 1
        await advance(box, 3)
        lost = box.journal.entries("sms_lost", reason="refused by the server")
        assert len(lost) == 1 - repeated
        if repeated:
            assert (await server.text()).startswith(b"RECEIVE:")
        assert server.nothing()


async def test_numbers_count_down_from_the_clock_per_line() -> None:
    async with RawServer() as server, goip(udp_server=server.address) as box:
        for line in (1, 1, 1, 2):
            await box.receive(line, "+7999", "hello")
        seen = [(await server.text()).split(b";password")[0] for _ in range(4)]
        assert seen == [
            b"RECEIVE:1783791068;id:goip1",
            b"RECEIVE:1783791067;id:goip1",
            b"RECEIVE:1783791066;id:goip1",
            b"RECEIVE:1783791068;id:goip2",
        ]


async def test_numbers_without_ntp_are_negative_and_come_again() -> None:
    async with (
        RawServer() as server,
        goip(lines=1, udp_server=server.address, ntp=False) as box,
    ):
        for _ in range(2):
            for text in ("one", "two", "three"):
                await box.receive(1, "+7999", text)
            assert [numbered(await server.text()) for _ in range(3)] == [0, -1, -2]
            await box.reboot(0)


@pytest.mark.parametrize(
    ("counters", "numbers"),
    [
        ("own", [START_SECONDS, START_SECONDS]),
        ("shared", [START_SECONDS, START_SECONDS - 1]),
    ],
)
async def test_counters_of_the_verbs(counters: str, numbers: list[int]) -> None:
    async with (
        RawServer() as server,
        goip(lines=1, udp_server=server.address, udp_counters=counters) as box,
    ):
        await box.receive(1, "+7999", "hello")
        await box.push(1, "EXPIRY", "100")
        assert [numbered(await server.text()) for _ in range(2)] == numbers


@pytest.mark.parametrize(("rule", "at_once"), [("send", True), ("wait", False)])
async def test_message_before_the_first_reg(rule: str, at_once: bool) -> None:
    async with (
        RawServer(greets=False) as server,
        goip(lines=1, udp_server=server.address, udp_before_reg=rule) as box,
    ):
        await server.keepalive()
        await box.receive(1, "+7999", "hello")
        await advance(box, 0)
        sent = box.journal.entries("sms_handed_over", how="udp RECEIVE")
        assert bool(sent) is at_once
        server.tell(b"reg:1;status:200;")
        assert (await server.text()).endswith(b"msg:hello")


async def test_five_at_once_the_sixth_when_one_is_answered() -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await greeted(server, box)
        for number in range(7):
            await box.receive(1, "+7999", f"number {number}")
        for number in range(5):
            assert (await server.text()).endswith(b"number %d" % number)
        await advance(box, 1)
        assert server.nothing()
        stages = [about["stage"] for about in box.state()["pending"]["deliveries"]]
        assert stages == ["unacknowledged"] * 5 + ["queued"] * 2
        server.tell(b"RECEIVE 1783791066 OK")
        assert (await server.text()).endswith(b"number 5")


async def test_same_message_by_every_way() -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        number = await box.receive(1, "+7999", "hello")
        await server.text()
        assert b"+7999,hello" in await get(box, "tools.html?type=sms_inbox")
        await box.journal.wait_for_kind("sms_handed_over", how="inbox page")
        handed = box.journal.entries("sms_handed_over", id=number)
        assert {entry["how"] for entry in handed} == {"udp RECEIVE", "inbox page"}


async def test_message_is_lost_with_the_power() -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await box.receive(1, "+7999", "hello")
        await server.text()
        await box.power(False)
        (lost,) = box.journal.entries("sms_lost", how="udp")
        assert (lost["reason"], lost["datagrams_through"]) == ("power", 1)
        await box.power(True)
        await advance(box, 10)
        assert server.nothing()


@pytest.mark.parametrize(
    ("verb", "info", "datagram"),
    [
        ("STATE", "BUSY", b"gsm_remain_state:BUSY;"),
        ("EXPIRY", "100", b"exp:100;"),
        ("REMAIN", "-1", b"gsm_remain_time:-1;"),
        ("CELLINFO", "LAC:7E5,CELL ID:5E5B", b'info:"LAC:7E5,CELL ID:5E5B";'),
        ("USSN", "Баланс;\n5", "msg:Баланс;\n5".encode()),
        ("CGATT", "CGATT:Y", b"CGATT:Y;"),
        ("XYZZY", "", b""),
    ],
)
async def test_other_verbs_are_repeated_until_acknowledged(
    verb: str, info: str, datagram: bytes
) -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await greeted(server, box)
        await box.push(1, verb, info)
        expected = b"%b:1783791068;id:goip1;password:goip;%b" % (
            verb.encode(),
            datagram,
        )
        assert await server.text() == expected
        await advance(box, 3)
        assert await server.text() == expected
        server.tell(verb.encode() + b" 1783791068 DISABLE\n")
        entry = await box.journal.wait_for_kind("udp_push", event="acknowledged")
        assert (entry["verb"], entry["attempt"], entry["answer"]) == (
            verb,
            2,
            "DISABLE",
        )
        await advance(box, 10)
        assert server.nothing()


async def test_push_without_a_server() -> None:
    async with goip(lines=1) as box:
        with pytest.raises(ValueError, match="line 1 calls no SMS server"):
            await box.push(1, "CGATT")


async def test_receipt_by_command() -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await box.udp_deliver(1, 37, 64, "+7999")
        assert await server.text() == (
            b"DELIVER:1783791068;id:goip1;password:goip;sms_no:37;state:64;num:+7999;"
        )


@pytest.mark.parametrize("answered", [True, False])
async def test_receipt_of_a_sent_message(answered: bool) -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await greeted(server, box)
        dialogue = [
            (b"MSG 5 2 hi\n", b"PASSWORD 5\n"),
            (b"PASSWORD 5 goip\n", b"SEND 5\n"),
        ]
        for told, expected in dialogue:
            server.tell(told)
            assert await server.text() == expected
        server.tell(b"SEND 5 1 +7999\n")
        await box.journal.wait_for_kind("sms_taken")
        await advance(box, 3)
        while (data := await server.text()) != b"OK 5 1 1\n":
            assert data == b"WAIT 5 1\n"
        await advance(box, 2)
        assert await server.text() == (
            b"DELIVER:1783791068;id:goip1;password:goip;sms_no:1;state:0;num:+7999;"
        )
        result: dict[str, Any] = {
            "sms": 1,
            "how": "udp DELIVER",
            "sms_no": 1,
            "state": 0,
        }
        if answered:
            server.tell(b"DELIVER 1783791068 OK\n")
            await box.journal.wait_for_kind("sms_result_acknowledged", **result)
        await advance(box, 9)
        lost = box.journal.entries("sms_result_lost", **result)
        assert [entry["reason"] for entry in lost] == ["unacknowledged"] * (
            not answered
        )
        told_times = 1 if answered else 3
        assert len(box.journal.entries("sms_result", **result)) == told_times
