"""send.html and the status pages of a simulated GoIP, byte by byte."""

from decimal import Decimal

import pytest

from .goip import GoipBox
from .raw_goip import START_KEY, advance, body, exchange, get, goip

SEND = "send.html?u=admin&p=admin&l=1&n=89991234567&m="
SMSKEY = "send_sms_status.xml"


async def send(box: GoipBox, target: str) -> bytes:
    """GET without Basic login."""
    request = f"GET /default/en_US/{target} HTTP/1.0\r\n\r\n".encode()
    return await exchange(box.http_port, request)


async def slot(box: GoipBox, line: int = 1) -> str:
    """Return key, status and error of one line's slot, parsed from the page."""
    page = body(await get(box, SMSKEY)).decode()
    return "|".join(
        page.partition(f"<{name}{line}>")[2].partition("<")[0]
        for name in ("smskey", "status", "error")
    )


async def test_accepted_sms_goes_on_the_air_and_costs() -> None:
    async with goip() as box:
        answer = await send(box, SEND + "test")
        assert answer.startswith(b"HTTP/1.0 200 OK\r\n")
        assert body(answer) == (
            f"\nSending,L1 Send SMS to:89991234567; ID:{START_KEY}\n".encode()
        )
        assert box.journal.entries("sms_on_air") == []
        await advance(box, 3)
        (entry,) = box.journal.entries("sms_on_air")
        assert (entry.line, entry["number"], entry["text"], entry["key"]) == (
            1,
            "89991234567",
            "test",
            START_KEY,
        )
        assert (entry["interface"], entry["parts"]) == ("http-get", 1)
        card = box.lines[1].sim
        assert card
        assert card.balance == Decimal("55.20")


async def test_seed_spelling_has_a_blank_and_no_colon() -> None:
    async with goip(sending_spelling="seed", framed=False) as box:
        assert body(await send(box, SEND + "test")) == (
            f"Sending, L1 Send SMS to 89991234567; ID:{START_KEY}".encode()
        )


@pytest.mark.parametrize(
    ("target", "reply"),
    [
        (SEND.replace("p=admin", "p=x") + "t", b"\nERROR,user or password error\n"),
        (SEND.replace("l=1", "l=3") + "t", b"\nERROR,L3 GSM logout\n"),
        (SEND + "[t", b"\nERROR,500\n"),
    ],
)
async def test_errors_are_told_with_status_200(target: str, reply: bytes) -> None:
    async with goip() as box:
        answer = await send(box, target)
        assert answer.startswith(b"HTTP/1.0 200 OK\r\n")
        assert body(answer) == reply


async def test_busy_while_sending() -> None:
    async with goip() as box:
        await send(box, SEND + "one")
        assert body(await send(box, SEND + "two")) == b"\nERROR,L1 busy\n"
        await advance(box, 3)
        assert body(await send(box, SEND + "two")).startswith(b"\nSending,L1")


async def test_bracket_as_http_500_and_in_the_slot() -> None:
    async with goip(bracket="http") as box:
        answer = await send(box, SEND + "[t")
        assert answer.startswith(b"HTTP/1.0 500 Internal Server Error\r\n")
    async with goip(bracket="slot") as box:
        assert body(await send(box, SEND + "[t")).startswith(b"\nSending")
        assert await slot(box) == f"{START_KEY}|DONE|500"


async def test_plus_and_percent_are_decoded() -> None:
    async with goip() as box:
        await send(box, SEND + "%D0%BF%D1%80%D0%B8+%2B1")
        await advance(box, 3)
        assert box.journal.entries("sms_on_air")[0]["text"] == "при +1"


async def test_status_page_of_the_seed() -> None:
    async with goip(status_page="id", failure_status="ERRORDONE") as box:
        await box.fail_send(1, "send, but provider not reply.")
        await send(box, SEND + "test")
        page = "send_status.xml?u=admin&p=admin"
        assert (await get(box, SMSKEY)).startswith(b"HTTP/1.0 404 Not Found\r\n")
        assert f"<id1>{START_KEY}</id1><status1>STARTED</status1>".encode() in (
            body(await send(box, page))
        )
        await advance(box, 3)
        expected = (
            '<?xml version="1.0" encoding="utf-8"?>\n<send-sms-status>\n'
            f"<id1>{START_KEY}</id1><status1>ERRORDONE</status1>"
            "<error1>send, but provider not reply.</error1>\n"
        ) + "".join(
            f"<id{n}></id{n}><status{n}></status{n}><error{n}></error{n}>\n"
            for n in range(2, 9)
        )
        assert body(await send(box, page)).decode() == (
            expected + "</send-sms-status>\n"
        )
        assert body(await send(box, page[:-1])) == b"\nERROR,user or password error\n"


async def test_bare_triple_of_the_line_asked_for() -> None:
    async with goip(status_page="bare", xml_encoding="gb2312") as box:
        await send(box, SEND.replace("l=1", "l=2") + "test")
        await advance(box, 3)
        assert body(await get(box, SMSKEY + "?line=2&ajaxcachebust=1")) == (
            b'<?xml version="1.0" encoding="gb2312"?>\n<send-sms-status>\n'
            b"<smskey>" + START_KEY.encode() + b"</smskey>\n"
            b"<status>DONE</status>\n<error></error>\n</send-sms-status>\n"
        )
        assert b"<smskey></smskey>" in body(await get(box, SMSKEY + "?line=1"))


async def test_passing_error_before_a_clean_end() -> None:
    async with goip() as box:
        await box.fail_send(1, passing="50")
        await send(box, SEND + "test")
        await advance(box, 2)
        assert await slot(box) == f"{START_KEY}|STARTED|50"
        await advance(box, 1)
        assert await slot(box) == f"{START_KEY}|DONE|"
        assert len(box.journal.entries("sms_on_air")) == 1


async def test_blank_key_when_done() -> None:
    async with goip(blank_key=True) as box:
        await send(box, SEND + "test")
        assert await slot(box) == f"{START_KEY}|STARTED|"
        await advance(box, 3)
        assert await slot(box) == "|DONE|"


@pytest.mark.parametrize("on_air", [True, False])
async def test_numeric_error_with_done(on_air: bool) -> None:
    async with goip() as box:
        await box.fail_send(1, "2172", on_air=on_air)
        await send(box, SEND + "test")
        await advance(box, 3)
        assert await slot(box) == f"{START_KEY}|DONE|2172"
        assert len(box.journal.entries("sms_on_air")) == on_air


async def test_network_lost_while_sending() -> None:
    async with goip() as box:
        await send(box, SEND + "test")
        await box.network(1, state=False)
        await advance(box, 3)
        assert await slot(box) == f"{START_KEY}|DONE|GSM_LOGOUT"
        assert box.journal.entries("sms_on_air") == []


async def test_result_that_never_comes() -> None:
    async with goip() as box:
        await box.lose_result(1)
        await send(box, SEND + "test")
        await advance(box, 600)
        assert await slot(box) == f"{START_KEY}|STARTED|"
        assert len(box.journal.entries("sms_on_air")) == 1


async def test_no_money() -> None:
    async with goip() as box:
        await box.balance(1, Decimal("0.50"))
        await send(box, SEND + "test")
        await advance(box, 3)
        assert await slot(box) == f"{START_KEY}|DONE|500"


async def test_long_text_in_parts() -> None:
    async with goip() as box:
        await send(box, SEND + "a" * 161)
        await advance(box, 6)
        assert box.journal.entries("sms_on_air")[0]["parts"] == 2
        assert box.journal.entries("sms_on_air")[0]["balance"] == "53.20"


async def test_long_text_crashes_the_module() -> None:
    async with goip(long_text="crash") as box:
        await send(box, SEND + "a" * 161)
        await advance(box, 3)
        assert await slot(box) == f"{START_KEY}|DONE|GSM_LOGOUT"
        assert body(await send(box, SEND + "t")) == b"\nERROR,L1 GSM logout\n"
        await advance(box, 120)
        assert body(await send(box, SEND + "t")).startswith(b"\nSending,L1")


async def test_two_lines_in_one_second_share_a_key() -> None:
    async with goip() as box:
        await send(box, SEND + "one")
        await send(box, SEND.replace("l=1", "l=2") + "two")
        await advance(box, 3)
        assert await slot(box, 1) == await slot(box, 2) == f"{START_KEY}|DONE|"


async def test_without_ntp_keys_count_from_the_start_and_come_again() -> None:
    async with goip(ntp=False) as box:
        await advance(box, 3708)
        assert b"ID:00000e7c" in await send(box, SEND + "one")
        await box.power(state=False)
        await box.power(state=True)
        await advance(box, 3708)
        assert b"ID:00000e7c" in await send(box, SEND + "two")


async def test_lf_only_header_lines() -> None:
    async with goip(lf_only=True) as box:
        answer = await send(box, SEND + "test")
        assert answer.startswith(b"HTTP/1.0 200 OK\nContent-Type: text/html\n")
        assert b"\r" not in answer


async def test_chinese_pages_are_in_the_same_place() -> None:
    async with goip() as box:
        request = b"GET /default/zh_CN/send.html?u=admin&p=admin&l=1&n=1&m=t HTTP/1.0"
        answer = await exchange(box.http_port, request + b"\r\n\r\n")
        assert b"\nSending,L1" in answer


async def test_unknown_page() -> None:
    async with goip() as box:
        assert (await get(box, "nothing.html")).startswith(b"HTTP/1.0 404 ")
