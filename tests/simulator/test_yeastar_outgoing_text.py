"""What goes on the air for a text in `gsm send sms`, by the rules of different firmware."""

from typing import Any

import pytest

from .core.journal import SMS_ON_AIR
from .raw_ami import box_and_login
from .yeastar import YeastarOptions


async def on_air(options: YeastarOptions, written: str) -> tuple[str, str]:
    """Send what stands between the quotes and return the text on the air and its id."""
    async with box_and_login(options) as (box, client):
        await client.command(f'gsm send sms 2 +7999 "{written}" 77')
        entry = await box.journal.wait_for_kind(SMS_ON_AIR)
    return entry["text"], entry["key"]


@pytest.mark.parametrize(
    ("decoding", "written", "text"),
    [
        ("always", "%D0%9F%D1%80%D0%B8%D0%B2%D0%B5%D1%82%21", "Привет!"),
        ("when-encoded", "%D0%9F%D1%80%D0%B8%D0%B2%D0%B5%D1%82%21", "Привет!"),
        ("never", "%D0%9F%21", "%D0%9F%21"),
        ("always", "Привет, мир", "Привет, мир"),
        ("when-encoded", "Привет, мир", "Привет, мир"),
        ("always", "at 5%20 off", "at 5  off"),
        ("when-encoded", "at 5%20 off", "at 5%20 off"),
        ("when-encoded", "100%", "100%"),
        ("always", "say %22hi%22%0Anow", 'say "hi"\nnow'),
        ("always", "%ff", "\ufffd"),
    ],
)
async def test_percent_decoding(decoding: Any, written: str, text: str) -> None:
    options = YeastarOptions(decoding=decoding)
    assert await on_air(options, written) == (text, "77")


@pytest.mark.parametrize(
    ("options", "written", "text"),
    [
        (YeastarOptions(decoding="always", plus="kept"), "1+1%3D2", "1+1=2"),
        (YeastarOptions(decoding="always", plus="blank"), "1+1%3D2", "1 1=2"),
        (YeastarOptions(decoding="always", plus="blank"), "1%2B1", "1+1"),
        (YeastarOptions(plus="blank"), "a+b%21", "a b!"),
        (YeastarOptions(plus="blank"), "a+b", "a+b"),
        (YeastarOptions(decoding="never", plus="blank"), "a+b%21", "a+b%21"),
        (
            YeastarOptions(decoding="always", lone_percent="kept"),
            "100% off",
            "100% off",
        ),
        (YeastarOptions(decoding="always", lone_percent="eaten"), "100% off", "100ff"),
        (YeastarOptions(decoding="always", lone_percent="eaten"), "100%", "100"),
        (YeastarOptions(backslash="kept"), r"C:\temp", r"C:\temp"),
        (YeastarOptions(backslash="eaten"), r"C:\temp", "C:temp"),
        (YeastarOptions(backslash="eaten"), r"say \"hi\" \\", r'say "hi" \ '[:-1]),
    ],
)
async def test_plus_percent_and_backslash(
    options: YeastarOptions, written: str, text: str
) -> None:
    assert await on_air(options, written) == (text, "77")


async def test_quote_in_the_text_breaks_the_command() -> None:
    text = await on_air(YeastarOptions(), 'say "hi" now')
    assert text == ("say hi now", "77")
    text = await on_air(YeastarOptions(), 'the "north gate" is open')
    assert text == ("the north", "gate is open")
    text = await on_air(YeastarOptions(), '5" of snow')
    assert text == ("5", "of")


async def test_quote_in_the_text_may_be_an_error() -> None:
    async with box_and_login(YeastarOptions(inner_quote="error")) as (box, client):
        answer = await client.ask('gsm send sms 2 +7999 "5" of snow" 1')
        assert answer == b"Invalid SMS content\n"
        assert box.journal.entries("command_refused")


async def test_newline_ends_the_command_and_an_empty_line_runs_the_next() -> None:
    async with box_and_login() as (box, client):
        await client.send(
            b"Action: smscommand\r\n"
            b'Command: gsm send sms 2 +7999 "one\r\n'
            b"Command: gsm power off 3\r\n"
            b"\r\n"
            b"Action: Ping\r\n\r\n"
            b'two" 11\r\n\r\n'
        )
        await client.exactly(
            b"Response: Follows\r\nPrivilege: SMSCommand\r\n--END COMMAND--\r\n\r\n"
            b"Response: Success\r\nPing: Pong\r\n\r\n"
        )
        entry = await box.journal.wait_for_kind(SMS_ON_AIR)
        assert (entry["text"], entry["key"]) == ("one", "")
        assert box.line(2).module_on


@pytest.mark.parametrize(("unit", "limit"), [("bytes", 512), ("letters", 1024)])
async def test_text_over_the_limit(unit: Any, limit: int) -> None:
    kept, text = "ж" * limit, "ж" * (limit + 1)
    cut = YeastarOptions(limit_unit=unit, over_limit="cut")
    assert await on_air(cut, text) == (kept, "77")
    whole = YeastarOptions(limit_unit=unit, over_limit="whole")
    assert await on_air(whole, text) == (text, "77")
    refused = YeastarOptions(limit_unit=unit, over_limit="refused")
    assert await on_air(refused, kept) == (kept, "77")
    async with box_and_login(refused) as (_, client):
        answer = await client.ask(f'gsm send sms 2 +7999 "{text}" 1')
        assert answer == b"SMS content is too long\n"


async def test_limit_counts_what_was_before_the_encoding() -> None:
    written = "%D0%B6" * 512
    assert await on_air(YeastarOptions(), written) == ("ж" * 512, "77")
