"""USSD by the UDP protocol of the simulated GoIP: literal datagrams there and back."""

from typing import Any

import pytest

from .core.line import AirMessage
from .raw_goip import BoxWithClients, advance
from .raw_udp_talk import Talk, ask, quiet, talking

CODE = b"USSD 111 goip *100#"
BALANCE = "USSD 111 Баланс: 57.2 р.".encode()
BAD_CODE = "USSD 112 Неверный запрос".encode()


async def dialling(talk: Talk, data: bytes = CODE) -> None:
    """Send a command and wait until the box has dialled."""
    box, server = talk
    since = box.journal.last
    server.tell(data)
    await box.journal.wait_for_kind("ussd_dialled", since=since, line=1)


async def dialled(talk: Talk, data: bytes = CODE, seconds: float = 2.0) -> bytes:
    """Dial and return the answer."""
    await dialling(talk, data)
    await advance(talk[0], seconds)
    return await talk[1].text()


async def plant(box: BoxWithClients) -> None:
    """Put a menu of two steps behind *111#."""
    await box.ussd_menu(1, "*111#", "", "1 Buy")
    await box.ussd_menu(1, "*111#", "1", "3 Yes")
    await box.ussd_menu(1, "*111#", "1>3", "Bought")


def codes(box: BoxWithClients) -> list[str]:
    """Return what went to the operator."""
    return [entry["code"] for entry in box.journal.entries("ussd_dialled")]


def results(box: BoxWithClients) -> list[str]:
    """Return what became of each USSD."""
    return [entry["result"] for entry in box.journal.entries("ussd_answered")]


def sessions(box: BoxWithClients) -> list[dict[str, Any]]:
    """Return what the journal tells of sessions."""
    return [entry.fields for entry in box.journal.entries("ussd_session", line=1)]


async def test_answer_has_no_newline_of_its_own() -> None:
    async with talking() as talk:
        box, server = talk
        await dialling(talk)
        assert box.line(1).busy
        await advance(box, 1.9)
        await quiet(server)
        await advance(box, 0.1)
        assert await server.text() == BALANCE
        (entry,) = box.journal.entries("ussd_dialled")
        assert (entry["code"], entry["interface"], entry["key"]) == (
            "*100#",
            "udp",
            "111",
        )


async def test_answer_with_lines_and_semicolons() -> None:
    async with talking() as talk:
        await talk[0].ussd_answer(1, "*1#", "a;b\n\nc: 1\n")
        answer = await dialled(talk, b"USSD 5 goip *1#")
        assert answer == b"USSD 5 a;b\n\nc: 1\n"


async def test_answer_that_is_late() -> None:
    async with talking() as talk:
        await talk[0].ussd_late(1, 20)
        await dialling(talk)
        await advance(talk[0], 21)
        await quiet(talk[1])
        await advance(talk[0], 1)
        assert await talk[1].text() == BALANCE


async def test_newline_ends_up_inside_the_code() -> None:
    async with talking() as (box, server):
        answer = await ask(server, CODE + b"\n")
        assert answer == b"USSDERROR 111 unknown code"
        assert codes(box) == []


async def test_newline_that_does_no_harm() -> None:
    async with talking(udp_ussd_newline="ok") as talk:
        assert await dialled(talk, CODE + b"\n") == BALANCE


@pytest.mark.parametrize(
    ("form", "answer"),
    [
        ("USSDERROR", b"USSDERROR 111 no luck"),
        ("text", b"USSD 111 USSD send failed!"),
        ("USSDEXIT", b"USSDEXIT 111"),
    ],
)
async def test_forms_of_a_failure(form: str, answer: bytes) -> None:
    async with talking(udp_ussd_failure=form) as talk:
        await talk[0].ussd_error(1, "no luck")
        assert await dialled(talk) == answer


async def test_operator_that_never_answers() -> None:
    async with talking() as talk:
        box, server = talk
        await box.ussd_silence(1)
        await dialling(talk)
        await advance(box, 39)
        await quiet(server)
        await advance(box, 1)
        assert await server.text() == b"USSDERROR 111 timeout"
        assert not box.line(1).busy


async def test_box_that_never_gives_up() -> None:
    async with talking(ussd_timeout=0.0) as talk:
        await talk[0].ussd_silence(1)
        await dialling(talk)
        await advance(talk[0], 1000)
        await quiet(talk[1])


@pytest.mark.parametrize(
    ("text", "shown"),
    [("12345", b"12345@@@"), ("12345678", b"12345678"), ("р", "р".encode())],
)
async def test_filler_behind_the_gsm_alphabet(text: str, shown: bytes) -> None:
    async with talking(udp_ussd_padding=True) as talk:
        await talk[0].ussd_answer(1, "*1#", text)
        assert await dialled(talk, b"USSD 5 goip *1#") == b"USSD 5 " + shown


async def test_answer_cut_inside_a_letter() -> None:
    async with talking(byte_limit=5) as talk:
        assert await dialled(talk) == b"USSD 111 \xd0\x91\xd0\xb0\xd0"


@pytest.mark.parametrize("data", [b"USSD 111 wrong *100#", b"USSDEXIT 111 wrong"])
async def test_wrong_password(data: bytes) -> None:
    async with talking() as (box, server):
        assert await ask(server, data) == b"USSDERROR 111 PASSWORD"
        assert codes(box) == []


async def test_line_that_is_busy() -> None:
    async with talking() as talk:
        box, server = talk
        assert await box.jobs.start_sms(box.line(1), AirMessage("+7", "text", "test"))
        assert await ask(server, CODE) == b"USSDERROR 111 busy"
        assert codes(box) == []


async def test_line_that_is_not_registered() -> None:
    async with talking() as (box, server):
        await box.network(1, False)
        assert await ask(server, CODE) == b"USSDERROR 111 GSM_LOGOUT"


@pytest.mark.parametrize("number", [111, 110, -5])
async def test_id_that_did_not_grow_gets_the_stored_reply(number: int) -> None:
    async with talking() as talk:
        box, server = talk
        await dialled(talk)
        answer = await ask(server, b"USSD %d goip *102#" % number)
        assert answer == f"USSD {number} Баланс: 57.2 р.".encode()
        assert codes(box) == ["*100#"]
        assert results(box) == ["reply", "stored"]


async def test_stored_failure() -> None:
    async with talking() as talk:
        await talk[0].ussd_error(1, "no luck")
        await dialled(talk)
        await talk[0].ussd_error(1)
        assert await ask(talk[1], CODE) == b"USSDERROR 111 no luck"


async def test_id_that_did_not_grow_while_the_answer_is_awaited() -> None:
    async with talking() as talk:
        box, server = talk
        await dialling(talk)
        server.tell(CODE)
        await quiet(server)
        await advance(box, 2)
        assert await server.text() == BALANCE
        assert codes(box) == ["*100#"]


async def test_every_line_has_its_own_ids() -> None:
    async with talking() as talk:
        await dialled(talk)
        talk[1].tell(CODE, "goip2")
        await talk[0].journal.wait_for_kind("ussd_dialled", line=2)


async def test_ids_begin_anew_with_the_power() -> None:
    async with talking() as talk:
        box, server = talk
        await dialled(talk)
        await box.reboot(0.0)
        for _ in box.lines:
            await server.keepalive()
        assert (
            await dialled(talk, b"USSD 5 goip *100#")
            == "USSD 5 Баланс: 57.2 р.".encode()
        )


async def test_old_id_opens_a_second_session_without_stored_replies() -> None:
    async with talking(udp_stored_reply=False) as talk:
        assert await dialled(talk) == BALANCE
        assert await dialled(talk) == BALANCE
        assert codes(talk[0]) == ["*100#", "*100#"]


@pytest.mark.parametrize(
    ("options", "again"),
    [({}, b"USSD 112 goip *100#"), ({"udp_stored_reply": False}, CODE)],
)
async def test_quick_second_request_kills_the_reply(
    options: dict[str, Any], again: bytes
) -> None:
    async with talking(**options) as talk:
        box, server = talk
        await dialling(talk)
        await advance(box, 1)
        await dialling(talk, again)
        await advance(box, 1)
        await quiet(server)
        await advance(box, 1)
        assert await server.text() == again[:8] + BALANCE[8:]
        assert codes(box) == ["*100#", "*100#"]
        assert results(box) == ["killed", "reply"]


async def test_menu_is_walked_by_growing_ids() -> None:
    async with talking() as talk:
        box, _ = talk
        await plant(box)
        assert await dialled(talk, b"USSD 111 goip *111#") == b"USSD 111 1 Buy"
        assert not box.line(1).busy
        assert await dialled(talk, b"USSD 112 goip 1") == b"USSD 112 3 Yes"
        assert await dialled(talk, b"USSD 113 goip 3") == b"USSD 113 Bought"
        assert sessions(box) == [
            {"event": "opened", "code": "*111#"},
            {"event": "closed", "code": "3", "by": "operator"},
        ]


async def test_choice_under_the_menus_own_id_shows_the_menu_again() -> None:
    async with talking() as talk:
        await plant(talk[0])
        await dialled(talk, b"USSD 111 goip *111#")
        assert await ask(talk[1], b"USSD 111 goip 1") == b"USSD 111 1 Buy"
        assert codes(talk[0]) == ["*111#"]


@pytest.mark.parametrize("newline", [b"", b"\n"])
async def test_exit_ends_the_session(newline: bytes) -> None:
    async with talking() as talk:
        box, server = talk
        await plant(box)
        await dialled(talk, b"USSD 111 goip *111#")
        assert await ask(server, b"USSDEXIT 112 goip" + newline) == b"USSDEXIT 112"
        assert sessions(box)[-1] == {"event": "closed", "by": "client"}
        answer = await dialled(talk, b"USSD 113 goip 1")
        assert answer == "USSD 113 Неверный запрос".encode()


async def test_exit_without_a_session() -> None:
    async with talking() as (box, server):
        assert await ask(server, b"USSDEXIT 112 goip") == b"USSDEXIT 112"
        assert sessions(box) == []


async def test_exit_that_nobody_confirms() -> None:
    async with talking(udp_ussd_exit="none") as talk:
        box, server = talk
        await plant(box)
        await dialled(talk, b"USSD 111 goip *111#")
        server.tell(b"USSDEXIT 112 goip")
        await box.journal.wait_for_kind("ussd_session", event="closed")
        await quiet(server)


async def test_exit_ends_a_ussd_that_runs() -> None:
    async with talking() as talk:
        box, server = talk
        await dialling(talk)
        assert await ask(server, b"USSDEXIT 112 goip") == b"USSDEXIT 112"
        await advance(box, 60)
        await quiet(server)
        assert results(box) == ["killed"]
        assert not box.line(1).busy


async def test_operator_ends_a_session_that_nobody_answers() -> None:
    async with talking() as talk:
        box, _ = talk
        await plant(box)
        await dialled(talk, b"USSD 111 goip *111#")
        await advance(box, 75)
        assert sessions(box)[-1] == {"event": "timed out"}
        assert await dialled(talk, b"USSD 112 goip 1") == BAD_CODE


@pytest.mark.parametrize(
    "data", [b"USSD", b"USSD 111", b"USSD 111 goip", b"USSD 111 goip ", b"USSDEXIT 9"]
)
async def test_what_is_not_understood_is_not_answered(data: bytes) -> None:
    async with talking() as (box, server):
        server.tell(data)
        await box.journal.wait_for_kind("udp_ignored", line=1, size=len(data))
        await quiet(server)


async def test_lost_answer_is_the_stored_one_of_the_next_try() -> None:
    async with talking() as talk:
        box, server = talk
        await box.udp_lose("USSD", line=1, direction="out")
        await dialling(talk)
        await advance(box, 2)
        await quiet(server)
        assert await ask(server, CODE) == BALANCE
        assert codes(box) == ["*100#"]
