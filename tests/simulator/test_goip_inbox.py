"""The inbox page of a simulated GoIP."""

import pytest

from .goip import GoipBox
from .raw_goip import advance, body, get, goip

INBOX = "tools.html?type=sms_inbox"


async def rows(box: GoipBox, line: int = 1, target: str = INBOX) -> str:
    """Return the text between `sms= [` and the pos of one line."""
    page = body(await get(box, target)).decode()
    before = page.partition(f"sms_row_insert(l{line}_sms_store")[0]
    return before.rpartition("sms= [")[2].rpartition("];")[0]


async def test_page_with_one_message() -> None:
    async with goip(lines=2, inbox_slots=5) as box:
        await box.receive(1, "+51987654321", 'Hola, "todo"]; bien\\')
        assert body(await get(box, INBOX)).decode() == (
            '<html><head><script type="text/javascript">\n'
            "var sms, pos;\n"
            'sms= ["07-11 20:31:08,+51987654321,Hola, \\"todo\\"]; bien\\\\",'
            '"","","",""];\n'
            "pos=1;\n"
            "sms_row_insert(l1_sms_store, sms, pos, 1);\n"
            'sms= ["","","","",""];\n'
            "pos=0;\n"
            "sms_row_insert(l2_sms_store, sms, pos, 2);\n"
            "</script></head><body></body></html>\n"
        )


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", ["7", "6", "5", "4", "3"]),
        ("oldest", ["3", "4", "5", "6", "7"]),
        ("ring", ["6", "7", "3", "4", "5"]),
    ],
)
async def test_oldest_entries_roll_off(order: str, expected: list[str]) -> None:
    async with goip(inbox_slots=5, inbox_order=order) as box:
        for number in range(1, 8):
            await box.receive(1, "+7999", str(number))
        found = [row.rpartition(",")[2] for row in (await rows(box)).split('","')]
        assert [row.rstrip('"') for row in found] == expected


async def test_long_message_as_one_row_or_one_per_part() -> None:
    async with goip(inbox_slots=5) as box:
        await box.receive(1, "+7999", "a" * 160 + "bcd")
        assert await rows(box) == (f'"07-11 20:31:08,+7999,{"a" * 160}bcd","","","",""')
    async with goip(inbox_slots=5, inbox_long="parts") as box:
        await box.receive(1, "+7999", "a" * 160 + "bcd")
        assert await rows(box) == (
            f'"07-11 20:31:08,+7999,{"a" * 7}bcd",'
            f'"07-11 20:31:08,+7999,{"a" * 153}","","",""'
        )


async def test_part_that_never_came() -> None:
    async with goip(inbox_slots=5) as box:
        await box.receive_incomplete(1, "+7999", "a" * 160 + "bcd", missing="1")
        assert " [SMS1 missed] aaaaaaabcd" in await rows(box)


@pytest.mark.parametrize(
    ("escape", "expected"),
    [
        ("json", 'it\'s \\"<b>\\"'),
        ("js", 'it\\\'s \\"\\x3cb>\\"'),
        ("none", 'it\'s "<b>"'),
    ],
)
async def test_escapes(escape: str, expected: str) -> None:
    async with goip(inbox_slots=5, inbox_escape=escape) as box:
        await box.receive(1, "+7999", 'it\'s "<b>"')
        assert f"+7999,{expected}" in await rows(box)


async def test_broken_utf_8() -> None:
    async with goip(byte_limit=3) as box:
        await box.receive(1, "+7999", "яя")
        assert b',+7999,\xd1\x8f\xd1",' in await get(box, INBOX)
        await box.inbox_bytes(1, "ff2c80")
        assert b'sms= ["\xff,\x80","07-11' in await get(box, INBOX)


async def test_delete_one_and_all() -> None:
    async with goip(inbox_slots=5) as box:
        for number in range(1, 4):
            await box.receive(1, "+7999", str(number))
            await box.receive(2, "+7999", str(number))
        delete = "tools.html?action=del&type=sms_inbox"
        assert ",2" not in await rows(box, 1, delete + "&line=1&pos=1")
        assert ",3" in await rows(box, 1)
        assert await rows(box, 1, delete + "&line=1&pos=-1") == '"","","","",""'
        assert ",3" in await rows(box, 2)
        assert await rows(box, 2, delete + "&line=-1&pos=-1") == '"","","","",""'


async def test_outbox_lists_what_was_sent() -> None:
    async with goip() as box:
        await get(box, "send.html?u=admin&p=admin&l=1&n=8999&m=hello")
        page = await get(box, "tools.html?type=sms_outbox")
        assert b'"07-11 20:31:08,8999,hello"' in page


@pytest.mark.parametrize("survives", [True, False])
async def test_inbox_over_a_reboot(survives: bool) -> None:
    async with goip(inbox_survives=survives) as box:
        await box.receive(1, "+7999", "hello")
        await box.power(state=False)
        await box.power(state=True)
        assert (",+7999,hello" in await rows(box)) is survives


async def test_clock_that_is_wrong() -> None:
    async with goip(clock_offset=-3600.0, utc_offset=0.0) as box:
        await advance(box, 52)
        await box.receive(1, "+7999", "hello")
        assert '"07-11 16:32:00,+7999,hello"' in await rows(box)
        base = await get(box, "status.xml?type=base")
        assert b"<time>2026-07-11 16:32:00</time>" in base


async def test_reading_the_page_is_journalled_once_per_message() -> None:
    async with goip() as box:
        number = await box.receive(1, "+7999", "hello")
        for _ in range(3):
            await get(box, INBOX)
        (entry,) = box.journal.entries("sms_handed_over", how="inbox page")
        assert entry["id"] == number


async def test_one_line_only() -> None:
    async with goip() as box:
        page = await get(box, INBOX + "&line=2&pos=-1")
        assert b"l2_sms_store" in page
        assert b"l1_sms_store" not in page
