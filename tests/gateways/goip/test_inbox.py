"""A GoIP's inbox page."""

import pytest

from custom_components.gsm_gateway.gateways.goip.inbox import parse_inbox
from custom_components.gsm_gateway.gateways.model import (
    InboxEntry,
    InvalidAuth,
    UnexpectedReply,
)

from .bench import ALL_FIRMWARES, bench

PAGE = r"""<html><head><script type="text/javascript">
var sms, pos;
sms= ["07-11 20:31:08,+51987654321,Hola, todo bien","","", ""];
pos=3;
sms_row_insert(l1_sms_store, sms, pos, 1);
sms= ["04-12 12:16:13,SmarTone,a \"b\"]; pos=3; \\ c","04-12 12:16:13,900,"];
pos=0;
sms_row_insert(l2_sms_store, sms, pos, 2);
sms= [];
sms_row_insert(l3_sms_store, sms, pos, 3);
</script></head><body></body></html>"""


def entry(channel: int, box_time: str, sender: str, text: str) -> InboxEntry:
    """Return one entry."""
    return InboxEntry(channel=channel, sender=sender, text=text, box_time=box_time)


def array(rows: str) -> str:
    """Return a page with one array."""
    return f"sms= [{rows}];\npos=1;\nsms_row_insert(l1_sms_store, sms, pos, 1);\n"


def test_rows_are_cut_at_the_first_two_commas() -> None:
    assert parse_inbox(PAGE) == (
        entry(1, "07-11 20:31:08", "+51987654321", "Hola, todo bien"),
        entry(2, "04-12 12:16:13", "SmarTone", 'a "b"]; pos=3; \\ c'),
        entry(2, "04-12 12:16:13", "900", ""),
    )


@pytest.mark.parametrize(
    ("rows", "texts"),
    [
        (r'"07-11 20:31:08,+1,it\'s \x3cb\x3e"', ["it's <b>"]),
        (
            '"07-11 20:31:08,+1,he said "hi"","07-11 20:31:09,+1,b"',
            ['he said "hi"', "b"],
        ),
        ('"07-11 20:31:08,+1,a","b","","07-11 20:31:09,+1,c"', ['a","b', "c"]),
        ('"07-11 20:31:08,+1,a"quote", "07-11 20:31:09,+1,b"', ['a"quote', "b"]),
        ('"07-11 20:31:08,+1,two\nlines"', ["two\nlines"]),
        (r'"07-11 20:31:08,+1,\ud83c\udf89"', ["🎉"]),
        (r'"07-11 20:31:08,+1,it\'s \ud83c\udf89 \ud83c"', ["it's 🎉 \ufffd"]),
        (r'"07-11 20:31:08,+1,\ud83c"', ["\ufffd"]),
        ('"", "", 5, null, {"a": 1}', []),
        ("[" * 100_000, []),
        ('"' * 100_000, []),
    ],
)
def test_array_need_not_be_json(rows: str, texts: list[str]) -> None:
    assert [e.text for e in parse_inbox(array(rows))] == texts


@pytest.mark.parametrize("page", ["", "<html></html>", "var sms, pos;"])
def test_page_without_a_list_is_not_understood(page: str) -> None:
    with pytest.raises(UnexpectedReply):
        parse_inbox(page)


@pytest.mark.parametrize("escape", ["json", "js", "none"])
@pytest.mark.parametrize("order", ["newest", "ring", "oldest"])
@pytest.mark.parametrize("kind", ALL_FIRMWARES)
async def test_all_entries_are_read_whatever_their_order(
    kind: str, order: str, escape: str
) -> None:
    texts = ["one, two", 'say "hi" ];', "Привет <b> 'x' 🎉", "[]", "last"]
    async with bench(kind, inbox_order=order, inbox_escape=escape) as b:
        for text in texts:
            await b.box.receive(2, "+79991112233", text)
        assert b.gateway.inbox
        entries = await b.gateway.inbox.read_inbox()
    assert sorted(e.text for e in entries) == sorted(texts)
    assert {(e.channel, e.sender) for e in entries} == {(2, "+79991112233")}
    assert not b.gateway.inbox_pushes


async def test_reading_removes_nothing_and_only_the_window_is_there() -> None:
    async with bench("seed") as b:
        for number in range(7):
            await b.box.receive(1, "900", str(number))
        assert b.gateway.inbox
        first = await b.gateway.inbox.read_inbox()
        assert await b.gateway.inbox.read_inbox() == first
    assert sorted(e.text for e in first) == ["2", "3", "4", "5", "6"]


async def test_broken_letters_cost_only_themselves() -> None:
    async with bench() as b:
        await b.box.inbox_bytes(1, b"07-11 20:31:08,900,Gr\xc3".hex())
        await b.box.inbox_bytes(2, b"07-11 20:31:09,900,\xff fine".hex())
        assert b.gateway.inbox
        entries = await b.gateway.inbox.read_inbox()
    assert [e.text for e in entries] == ["Gr\ufffd", "\ufffd fine"]


async def test_part_that_never_came_is_told_in_the_text() -> None:
    async with bench() as b:
        await b.box.receive_incomplete(1, "900", "x" * 160 + "end", "1")
        assert b.gateway.inbox
        (read,) = await b.gateway.inbox.read_inbox()
    assert read.text.startswith(" [SMS1 missed] ")


async def test_wrong_login_is_told() -> None:
    async with bench() as b:
        await b.box.refuse_logins()
        assert b.gateway.inbox
        with pytest.raises(InvalidAuth):
            await b.gateway.inbox.read_inbox()
