"""The send dialogue of the simulated GoIP: literal datagrams there and back."""

import pytest

from .raw_goip import BoxWithClients, advance
from .raw_udp import RawServer
from .raw_udp_talk import Talk, ask, quiet, talking

LATIN = b"MSG 11 5 hello\n"
RUSSIAN = "MSG 11 12 Привет\n".encode()
PASSWORD = b"PASSWORD 11 goip\n"
SEND = b"SEND 11 1 +79991234567\n"
OK = b"OK 11 1 1\n"
WAIT = b"WAIT 11 1\n"
DONE = b"DONE 11\n"


async def opened(server: RawServer, message: bytes = LATIN) -> None:
    """Go as far as SEND in group 11."""
    assert await ask(server, message) == b"PASSWORD 11\n"
    assert await ask(server, PASSWORD) == b"SEND 11\n"


async def sending(talk: Talk, data: bytes = SEND, since: int = 0) -> None:
    """Send a command and wait until the box has taken its SMS."""
    box, server = talk
    server.tell(data)
    await box.journal.wait_for_kind("sms_taken", since=since)


async def sent(talk: Talk, message: bytes = LATIN, seconds: float = 3.0) -> bytes:
    """Have one SMS sent and return the answer."""
    box, server = talk
    await opened(server, message)
    await sending(talk)
    await advance(box, seconds)
    return await server.text()


def on_air(box: BoxWithClients) -> list[tuple[str, str]]:
    """Return number and text of what went on the air."""
    return [(e["number"], e["text"]) for e in box.journal.entries("sms_on_air")]


async def test_whole_dialogue() -> None:
    async with talking() as talk:
        box, server = talk
        assert await ask(server, RUSSIAN) == b"PASSWORD 11\n"
        assert await ask(server, PASSWORD) == b"SEND 11\n"
        await sending(talk)
        await advance(box, 2.9)
        await quiet(server)
        await advance(box, 0.1)
        assert await server.text() == OK
        assert await ask(server, DONE) == DONE
        (entry,) = box.journal.entries("sms_on_air")
        assert (entry.line, entry["number"], entry["text"], entry["interface"]) == (
            1,
            "+79991234567",
            "Привет",
            "udp",
        )
        assert (entry["sendid"], entry["telid"], entry["key"]) == (11, 1, "11 1")
        assert (entry["parts"], entry["balance"]) == (1, "55.20")
        (result,) = box.journal.entries("sms_result")
        assert (result["how"], result["status"], result["sms"]) == ("udp OK", "OK", 1)


async def test_commands_without_a_newline() -> None:
    async with talking() as talk:
        box, server = talk
        assert await ask(server, b"MSG 11 5 hello") == b"PASSWORD 11\n"
        assert await ask(server, b"PASSWORD 11 goip") == b"SEND 11\n"
        await sending(talk, b"SEND 11 1 +7999")
        await advance(box, 3)
        assert await server.text() == OK
        assert on_air(box) == [("+7999", "hello")]


async def test_newlines_inside_a_text() -> None:
    async with talking() as talk:
        assert await sent(talk, b"MSG 11 7 a\n\nb; \n\n") == OK
        assert on_air(talk[0]) == [("+79991234567", "a\n\nb; \n")]


async def test_wait_is_repeated_while_it_takes_long() -> None:
    async with talking(udp_wait_seconds=2.0) as talk:
        box, server = talk
        await opened(server, b"MSG 11 200 " + b"a" * 200)
        await sending(talk)
        await advance(box, 6)
        assert [await server.text() for _ in range(3)] == [WAIT, WAIT, OK]
        await advance(box, 6)
        await quiet(server)
        assert box.journal.entries("sms_on_air")[0]["parts"] == 2


@pytest.mark.parametrize("on", [True, False])
async def test_ok_with_and_without_its_fourth_word(on: bool) -> None:
    async with talking(udp_ok_number=on, udp_sms_no=37) as talk:
        assert await sent(talk) == (b"OK 11 1 37\n" if on else b"OK 11 1\n")


async def test_sms_numbers_come_round() -> None:
    async with talking(udp_sms_no=255) as talk:
        assert await sent(talk) == b"OK 11 1 255\n"
        box, server = talk
        await sending(talk, b"SEND 11 2 +7999\n", box.journal.last)
        await advance(box, 3)
        assert await server.text() == b"OK 11 2 0\n"


async def test_one_group_goes_to_several_numbers() -> None:
    async with talking() as talk:
        box, server = talk
        await opened(server)
        for telid in (b"1", b"2", b"3"):
            await sending(talk, b"SEND 11 %b +7%b\n" % (telid, telid), box.journal.last)
        await advance(box, 9)
        assert [await server.text() for _ in range(3)] == [
            OK,
            b"OK 11 2 2\n",
            b"OK 11 3 3\n",
        ]
        assert on_air(box) == [("+71", "hello"), ("+72", "hello"), ("+73", "hello")]


async def test_wrong_password() -> None:
    async with talking() as (box, server):
        await ask(server, LATIN)
        assert await ask(server, b"PASSWORD 11 wrong\n") == b"ERROR 11 PASSWORD\n"
        assert await ask(server, SEND) == b"ERROR 11 PASSWORD\n"
        assert await ask(server, PASSWORD) == b"SEND 11\n"
        assert not box.journal.entries("sms_taken")


@pytest.mark.parametrize("data", [PASSWORD, SEND])
async def test_unknown_group(data: bytes) -> None:
    async with talking() as (_, server):
        assert await ask(server, data) == b"ERROR 11 SENDID\n"


async def test_group_belongs_to_its_line() -> None:
    async with talking() as (_, server):
        await opened(server)
        assert await ask(server, SEND, "goip2") == b"ERROR 11 SENDID\n"


async def test_msg_and_password_may_be_repeated() -> None:
    async with talking() as talk:
        box, server = talk
        for _ in range(2):
            await opened(server)
        await sending(talk)
        assert await ask(server, LATIN) == b"PASSWORD 11\n"
        assert await ask(server, PASSWORD) == b"SEND 11\n"
        await advance(box, 3)
        assert await server.text() == OK
        assert len(on_air(box)) == 1


async def test_another_text_begins_the_group_anew() -> None:
    async with talking() as (box, server):
        await opened(server)
        assert await ask(server, RUSSIAN) == b"PASSWORD 11\n"
        assert await ask(server, SEND) == b"ERROR 11 PASSWORD\n"
        assert not box.journal.entries("sms_taken")


@pytest.mark.parametrize(
    ("rule", "length", "text"),
    [
        ("cut", 6, "При"),
        ("cut", 7, "При\ufffd"),
        ("cut", 20, "Привет"),
        ("ignore", 6, "Привет"),
    ],
)
async def test_wrong_length(rule: str, length: int, text: str) -> None:
    async with talking(udp_wrong_length=rule) as talk:
        message = f"MSG 11 {length} Привет\n".encode()
        assert await sent(talk, message) == OK
        assert on_air(talk[0]) == [("+79991234567", text)]


@pytest.mark.parametrize(
    "message",
    ["MSG 11 6 Привет\n".encode(), b"MSG 11 3001 " + b"a" * 3001, b"MSG 11 0 \n"],
)
async def test_length_that_is_refused(message: bytes) -> None:
    async with talking(udp_wrong_length="refuse") as (_, server):
        assert await ask(server, message) == b"ERROR 11 MSG_LENGTH\n"
        assert await ask(server, PASSWORD) == b"ERROR 11 SENDID\n"


async def test_five_groups_per_box() -> None:
    async with talking() as (_, server):
        for number in range(1, 6):
            message, identity = b"MSG %d 1 a\n" % number, f"goip{number % 2 + 1}"
            answer = await ask(server, message, identity)
            assert answer == b"PASSWORD %d\n" % number
        full = b"ERROR 6 too_many_sends_in_server\n"
        assert await ask(server, b"MSG 6 1 a\n") == full
        assert await ask(server, b"MSG 2 1 a\n") == b"PASSWORD 2\n"
        assert await ask(server, b"DONE 2\n") == b"DONE 2\n"
        assert await ask(server, b"MSG 6 1 a\n") == b"PASSWORD 6\n"


async def test_idle_group_is_dropped() -> None:
    async with talking() as (box, server):
        await opened(server)
        await advance(box, 89)
        assert await ask(server, PASSWORD) == b"SEND 11\n"
        await advance(box, 90)
        assert await ask(server, SEND) == b"ERROR 11 SENDID\n"


async def test_group_that_waits_for_its_line_is_not_idle() -> None:
    async with talking() as talk:
        box, server = talk
        await box.busy(1, 200)
        await opened(server)
        await sending(talk)
        await advance(box, 150)
        assert await ask(server, PASSWORD) == b"SEND 11\n"
        await advance(box, 53)
        assert await server.text() == OK


async def test_repeated_send_asks_how_it_stands() -> None:
    async with talking() as talk:
        box, server = talk
        await opened(server)
        await sending(talk)
        assert await ask(server, SEND) == WAIT
        await advance(box, 3)
        assert await server.text() == OK
        assert await ask(server, SEND) == OK
        assert len(on_air(box)) == 1


async def test_repeated_send_is_a_second_sms() -> None:
    async with talking(udp_repeat_send="duplicate") as talk:
        box, server = talk
        await opened(server)
        await sending(talk)
        await sending(talk, SEND, box.journal.last)
        await advance(box, 6)
        assert [await server.text() for _ in range(2)] == [OK, b"OK 11 1 2\n"]
        assert len(on_air(box)) == 2


async def test_lost_ok_is_told_again_when_asked() -> None:
    async with talking() as talk:
        box, server = talk
        await box.udp_lose("OK", line=1, direction="out")
        await opened(server)
        await sending(talk)
        await advance(box, 3)
        await quiet(server)
        assert not box.journal.entries("sms_result")
        (hit,) = box.journal.entries("fault_hit", line=1)
        assert (hit["dialogue"], hit["number"], hit["key"]) == (
            "OK",
            "+79991234567",
            "11 1",
        )
        assert await ask(server, SEND) == OK
        assert box.journal.entries("sms_result")


async def test_lost_ok_that_nobody_asked_for() -> None:
    async with talking() as talk:
        box, server = talk
        await box.udp_lose("OK", line=1, direction="out")
        await opened(server)
        await sending(talk)
        await advance(box, 3)
        assert await ask(server, DONE) == DONE
        (lost,) = box.journal.entries("sms_result_lost")
        assert (lost["reason"], lost["key"]) == ("datagram lost", "11 1")
        assert box.pending()["results"] == []


async def test_lost_send_is_told_with_its_number_and_text() -> None:
    async with talking() as talk:
        box, server = talk
        await box.udp_lose("SEND", line=1, direction="in")
        await opened(server)
        server.tell(SEND)
        hit = await box.journal.wait_for_kind("fault_hit", line=1)
        assert (hit["dialogue"], hit["packet"], hit["direction"]) == ("SEND", 11, "in")
        assert (hit["number"], hit["text"], hit["key"]) == (
            "+79991234567",
            "hello",
            "11 1",
        )
        await quiet(server)
        assert not box.journal.entries("sms_taken")


@pytest.mark.parametrize(
    ("data", "known"),
    [
        (LATIN, {"text": "hello"}),
        (PASSWORD, {}),
        (b"USSD 5 goip *100#", {"code": "*100#"}),
        (b"SEND eleven", {}),
    ],
)
async def test_lost_commands_are_told_without_their_password(
    data: bytes, known: dict[str, str]
) -> None:
    async with talking() as (box, server):
        await box.udp_lose(line=1, direction="in")
        server.tell(data)
        hit = await box.journal.wait_for_kind("fault_hit", line=1)
        assert {name: hit.fields.get(name) for name in known} == known
        assert "goip" not in str(hit.fields)


@pytest.mark.parametrize(
    ("rule", "answers"),
    [
        ("password", [b"PASSWORD 11\n", b"ERROR 11 GSM_LOGOUT\n"]),
        ("send", [b"PASSWORD 11\n", b"SEND 11\n", b"ERROR 11 GSM_LOGOUT\n"]),
    ],
)
async def test_line_that_is_not_registered(rule: str, answers: list[bytes]) -> None:
    async with talking(udp_logout=rule) as (box, server):
        await box.network(1, False)
        for data, answer in zip((LATIN, PASSWORD, SEND), answers, strict=False):
            assert await ask(server, data) == answer
        assert not box.journal.entries("sms_taken")


async def test_network_lost_on_the_way() -> None:
    async with talking() as talk:
        box, server = talk
        await opened(server)
        await sending(talk)
        await box.network(1, False)
        await advance(box, 3)
        assert await server.text() == b"ERROR 11 GSM_LOGOUT\n"
        assert on_air(box) == []


async def test_error_of_the_radio() -> None:
    async with talking() as talk:
        box, server = talk
        await box.fail_send(1, "38")
        assert await sent(talk) == b"ERROR 11 1 errorstatus:38\n"
        assert on_air(box) == []
        (result,) = box.journal.entries("sms_result")
        assert (result["how"], result["error"]) == ("udp ERROR", "38")
        assert await ask(server, SEND) == b"ERROR 11 1 errorstatus:38\n"


async def test_error_of_an_sms_that_went_out() -> None:
    async with talking() as talk:
        await talk[0].fail_send(1, "500", on_air=True)
        assert await sent(talk) == b"ERROR 11 1 errorstatus:500\n"
        assert len(on_air(talk[0])) == 1


async def test_card_that_cannot_pay() -> None:
    async with talking() as talk:
        card = talk[0].lines[1].sim
        assert card
        card.balance *= 0
        assert await sent(talk) == b"ERROR 11 1 errorstatus:500\n"


async def test_result_that_is_never_told() -> None:
    async with talking(udp_wait_seconds=2.0) as talk:
        box, server = talk
        await box.lose_result(1)
        assert await sent(talk) == WAIT
        await advance(box, 60)
        await quiet(server)
        assert len(on_air(box)) == 1


async def test_result_that_is_late() -> None:
    async with talking(udp_wait_seconds=40.0) as talk:
        box, server = talk
        await box.late_result(1, 60)
        assert await sent(talk, seconds=63) == WAIT
        assert await server.text() == OK


async def test_deliver_follows() -> None:
    async with talking(udp_deliver="auto", udp_sms_no=37) as talk:
        box, server = talk
        assert await sent(talk) == b"OK 11 1 37\n"
        await advance(box, 2)
        packet = await server.text()
        assert packet.startswith(b"DELIVER:")
        assert packet.endswith(b";sms_no:37;state:0;num:+79991234567;")
        ends = [e["how"] for e in box.journal.entries("sms_result", sms=1)]
        assert ends == ["udp OK", "udp DELIVER"]


async def test_deliver_before_ok() -> None:
    async with talking(udp_deliver="auto", udp_deliver_before_ok=True) as talk:
        box, server = talk
        assert (await sent(talk)).startswith(b"DELIVER:")
        await advance(box, 2)
        assert await server.text() == OK
        await advance(box, 100)
        await quiet(server)


@pytest.mark.parametrize(("rule", "times"), [("text", 1), ("part", 3)])
async def test_deliver_per_part_or_per_text(rule: str, times: int) -> None:
    async with talking(udp_deliver="auto", udp_deliver_per=rule) as talk:
        box, server = talk
        message = b"MSG 11 400 " + b"a" * 400
        assert await sent(talk, message, 9) == OK
        await advance(box, 2)
        packets = [await server.text() for _ in range(times)]
        assert all(b";sms_no:1;state:0;" in packet for packet in packets)
        await advance(box, 100)
        await quiet(server)


async def test_one_packet_is_ignored() -> None:
    async with talking() as (box, server):
        server.tell(b"SMS 11 1 goip +7999 hello\n")
        ignored = await box.journal.wait_for_kind("udp_ignored", line=1)
        assert ignored["verb"] == "SMS"
        await quiet(server)


async def test_one_packet_is_taken() -> None:
    async with talking(udp_sms_packet=True) as talk:
        box, server = talk
        await sending(talk, b"SMS 11 1 goip +7999 hello you\n")
        await advance(box, 3)
        assert await server.text() == OK
        assert on_air(box) == [("+7999", "hello you")]
        assert await ask(server, PASSWORD) == b"ERROR 11 SENDID\n"
        wrong = b"SMS 12 1 wrong +7999 hello\n"
        assert await ask(server, wrong) == b"ERROR 12 PASSWORD\n"


async def test_power_cut_forgets_the_groups_and_drops_the_sms() -> None:
    async with talking() as talk:
        box, server = talk
        await opened(server)
        await sending(talk)
        await advance(box, 1)
        await box.reboot(0.0)
        assert (await server.keepalive())[0].startswith(b"req:1;")
        assert await ask(server, SEND) == b"ERROR 11 SENDID\n"
        (dropped,) = box.journal.entries("sms_dropped")
        assert (dropped["key"], dropped["reason"]) == ("11 1", "power")
        assert on_air(box) == []


@pytest.mark.parametrize(
    "data",
    [
        b"MSG 11\n",
        b"MSG x 5 hello",
        b"MSG 11 99999999999 hello",
        b"PASSWORD 11",
        b"SEND 11 +7999\n",
        b"DONE\n",
        b"DONE eleven",
        b"HELLO 11 goip",
        b"",
        b"\xff\xfe\x00",
    ],
)
async def test_what_is_not_understood_is_not_answered(data: bytes) -> None:
    async with talking() as (box, server):
        server.tell(data)
        await box.journal.wait_for_kind("udp_ignored", line=1, size=len(data))
        await quiet(server)
