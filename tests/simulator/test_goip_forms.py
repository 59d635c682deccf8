"""SMS and USSD by POST on a simulated GoIP."""

import pytest

from .core.sim_card import UssdAnswer
from .goip import GoipBox
from .raw_goip import START_KEY, advance, body, get, goip, post

SMS = "&smskey=5b977a14&action=SMS&telnum=8999&smscontent=hi+%D1%8F&send=Send"
USSD = "&smskey=57876006&action=USSD&telnum=%2A100%23&send=Send"
SMS_PAGE = "sms_info.html?type=sms"
USSD_PAGE = "ussd_info.html?type=ussd"


async def slot(box: GoipBox, line: int = 1) -> str:
    """Return key, status and error of one line's slot, parsed from the page."""
    page = body(await get(box, "send_sms_status.xml")).decode()
    return "|".join(
        page.partition(f"<{name}{line}>")[2].partition("<")[0]
        for name in ("smskey", "status", "error")
    )


@pytest.mark.parametrize(
    ("way", "field", "taken"),
    [
        ("line", "line=1", True),
        ("line", "line1=1", False),
        ("lineN", "line1=1", True),
        ("lineN", "line=1", False),
        ("both", "line=1", True),
        ("both", "line1=1", True),
    ],
)
async def test_line_field(way: str, field: str, taken: bool) -> None:
    async with goip(line_field=way) as box:
        answer = await post(box, SMS_PAGE, field + SMS)
        assert (b"<td>Line 1 Sending</td>" in answer) is taken
        await advance(box, 3)
        texts = [entry["text"] for entry in box.journal.entries("sms_on_air")]
        assert texts == (["hi я"] if taken else [])


async def test_several_lines_with_one_key() -> None:
    async with goip() as box:
        await post(box, SMS_PAGE, "line1=1&line2=1" + SMS)
        assert await slot(box, 1) == await slot(box, 2) == "5b977a14|STARTED|"
        await advance(box, 3)
        on_air = box.journal.entries("sms_on_air")
        assert [(entry.line, entry["key"]) for entry in on_air] == [
            (1, "5b977a14"),
            (2, "5b977a14"),
        ]


async def test_lower_case_action() -> None:
    async with goip() as box:
        await post(box, SMS_PAGE, "line1=1" + SMS.replace("SMS", "sms"))
        await advance(box, 3)
        assert len(box.journal.entries("sms_on_air", interface="http-post")) == 1


async def test_key_proposed_by_the_page() -> None:
    async with goip() as box:
        field = f'<input type="hIdden" name="smskey" value="{START_KEY}">'
        assert field.encode() in await get(box, "tools.html?type=sms")


async def test_wrong_login() -> None:
    async with goip() as box:
        answer = await get(box, "send_sms_status.xml", "admin:1234")
        assert answer.startswith(b"HTTP/1.0 401 Unauthorized\r\n")
        assert b'\r\nWWW-Authenticate: Basic realm="GoIP"\r\n' in answer
        assert len(box.journal.entries("login_refused", user="admin")) == 1
        await box.refuse_logins(1)
        assert b" 401 " in await get(box, "send_sms_status.xml")
        assert b" 200 " in await get(box, "send_sms_status.xml")


@pytest.mark.parametrize(
    ("mode", "while_busy", "at_the_end"),
    [
        ("untouched", "5b977a14|STARTED|", "5b977a14|DONE|"),
        ("overwritten", "second|STARTED|", "second|DONE|"),
        ("refused", "second|DONE|busy", "5b977a14|DONE|"),
    ],
)
async def test_form_posted_to_a_busy_line(
    mode: str, while_busy: str, at_the_end: str
) -> None:
    async with goip(busy_form=mode) as box:
        await post(box, SMS_PAGE, "line1=1" + SMS)
        await post(box, SMS_PAGE, "line1=1" + SMS.replace("5b977a14", "second"))
        assert await slot(box) == while_busy
        await advance(box, 10)
        assert await slot(box) == at_the_end
        assert len(box.journal.entries("sms_on_air")) == 1


async def test_form_for_a_line_without_network() -> None:
    async with goip(failure_status="ERRORDONE") as box:
        await post(box, SMS_PAGE, "line3=1" + SMS)
        assert await slot(box, 3) == "5b977a14|ERRORDONE|GSM_LOGOUT"


async def test_ussd_text_stands_where_an_sms_has_its_error() -> None:
    async with goip() as box:
        await post(box, USSD_PAGE, "line1=1" + USSD)
        assert await slot(box) == "57876006|STARTED|"
        await advance(box, 2)
        assert await slot(box) == "57876006|DONE|Баланс: 57.2 р."
        assert box.journal.entries("ussd_dialled")[0]["code"] == "*100#"


async def test_ussd_page_of_older_boxes() -> None:
    async with goip(ussd_page=False) as box:
        answer = await post(box, USSD_PAGE, "line1=1" + USSD)
        assert answer.startswith(b"HTTP/1.0 404 Not Found\r\n")
        await post(box, "sms_info.html?type=ussd", "line1=1" + USSD)
        await advance(box, 2)
        assert await slot(box) == "57876006|DONE|Баланс: 57.2 р."


async def test_ussd_menu_is_answered_by_another_form() -> None:
    async with goip() as box:
        card = box.lines[1].sim
        assert card
        card.ussd["*111#"] = UssdAnswer(
            "1 > Balance\n2 & more", menu={"1": UssdAnswer("57 RUB")}
        )
        code = USSD.replace("%2A100%23", "%2A111%23")
        await post(box, USSD_PAGE, "line1=1" + code)
        await advance(box, 2)
        page = body(await get(box, "send_sms_status.xml"))
        assert b"<error1>1 &gt; Balance\n2 &amp; more</error1>" in page
        await post(box, USSD_PAGE, "line1=1" + USSD.replace("%2A100%23", "1"))
        await advance(box, 2)
        assert await slot(box) == "57876006|DONE|57 RUB"


async def test_ussd_answered_late() -> None:
    async with goip() as box:
        await box.ussd_late(1, 20)
        await post(box, USSD_PAGE, "line1=1" + USSD)
        await advance(box, 21)
        assert await slot(box) == "57876006|STARTED|"
        await advance(box, 2)
        assert await slot(box) == "57876006|DONE|Баланс: 57.2 р."


@pytest.mark.parametrize("late", [60.0, None])
async def test_ussd_never_answered_in_the_boxs_patience(late: float | None) -> None:
    async with goip() as box:
        if late is None:
            await box.ussd_silence(1)
        else:
            await box.ussd_late(1, late)
        await post(box, USSD_PAGE, "line1=1" + USSD)
        await advance(box, 39)
        assert await slot(box) == "57876006|STARTED|"
        await advance(box, 100)
        assert await slot(box) == "57876006|ERRORDONE|send, but provider not reply."


async def test_ussd_that_stays_started() -> None:
    async with goip(ussd_timeout=0.0) as box:
        await box.ussd_silence(1)
        await post(box, USSD_PAGE, "line1=1" + USSD)
        await advance(box, 1000)
        assert await slot(box) == "57876006|STARTED|"


async def test_ussd_text_cut_inside_a_letter() -> None:
    async with goip(byte_limit=5) as box:
        await post(box, USSD_PAGE, "line1=1" + USSD)
        await advance(box, 2)
        page = body(await get(box, "send_sms_status.xml"))
        assert b"<error1>\xd0\x91\xd0\xb0\xd0</error1>" in page


async def test_gb2312_really_or_only_declared() -> None:
    declared = b'<?xml version="1.0" encoding="gb2312"?>'
    for truthful, octets in [
        (True, "<error1>Баланс".encode("gb2312")),
        (False, "<error1>Баланс".encode()),
    ]:
        async with goip(xml_encoding="gb2312", xml_truthful=truthful) as box:
            await post(box, USSD_PAGE, "line1=1" + USSD)
            await advance(box, 2)
            page = body(await get(box, "send_sms_status.xml"))
            assert page.startswith(declared)
            assert octets in page
