"""SMS over a GoIP's web pages."""

import asyncio
from typing import Any, override

import pytest

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    ChannelBusy,
    ChannelUnavailable,
    InvalidAuth,
    NoReply,
    SendRefused,
    SendState,
)
from tests.simulator.core.clock import Clock as SimulatedClock
from tests.simulator.core.http import Request, Response
from tests.simulator.goip import GoipBox
from tests.simulator.goip.options import firmware

from .bench import ALL_FIRMWARES, NUMBER, SCALE, Nth, bench

ACCEPTED, SENT = SendState.ACCEPTED, SendState.SENT
FAILED, UNKNOWN = SendState.FAILED, SendState.UNKNOWN


class BoxWithoutForms(GoipBox):
    """A firmware that sends by `send.html` only."""

    @override
    async def _answer(self, request: Request) -> Response:
        if "sms_info.html" in request.path:
            return Response(b"<html><body>404 Not Found</body></html>\n", 404)
        return await super()._answer(request)


def without_forms(kind: str = "new", **options: Any) -> GoipBox:
    """Return such a box."""
    return BoxWithoutForms(firmware(kind, **options), clock=SimulatedClock(SCALE))


@pytest.mark.parametrize("kind", ALL_FIRMWARES)
async def test_sms_goes_out_once_and_is_told_accepted_then_sent(kind: str) -> None:
    async with bench(kind) as b:
        token = await b.send('Grüße, "100 %" & + = 🎉\nend')
        (sms,) = b.on_air()
    assert (sms.line, sms["number"], sms["text"]) == (
        1,
        "+491511234567",
        'Grüße, "100 %" & + = 🎉\nend',
    )
    assert (sms["interface"], sms["key"]) == ("http-post", "800004d2")
    assert b.posts() == 1
    assert [(r.token, r.state) for r in b.listener.reports] == [
        (token, ACCEPTED),
        (token, SENT),
    ]


@pytest.mark.parametrize("line_field", ["line", "lineN", "both"])
async def test_second_line_is_named_in_the_firmwares_way(line_field: str) -> None:
    async with bench(line_field=line_field) as b:
        await b.send("hello", channel=2)
        assert [sms.line for sms in b.on_air()] == [2]


@pytest.mark.parametrize("status", ["DONE", "ERRORDONE"])
async def test_done_with_an_error_is_a_failure(status: str) -> None:
    async with bench(failure_status=status, blank_key=False) as b:
        await b.box.fail_send(1, error="2172")
        await b.send("hello")
    assert b.listener.told == [ACCEPTED, FAILED]
    assert (b.listener.reports[-1].reason, b.listener.reports[-1].code) == (
        "2172",
        2172,
    )


@pytest.mark.parametrize("status", ["DONE", "ERRORDONE"])
async def test_not_replied_is_unknown_not_failed(status: str) -> None:
    async with bench() as b:
        await b.box.fail_send(
            1, error="send, but provider not reply.", status=status, on_air=True
        )
        await b.send("hello")
        assert len(b.on_air()) == 1
    assert b.listener.told == [ACCEPTED, UNKNOWN]


async def test_error_that_passes_is_no_failure() -> None:
    async with bench() as b:
        await b.box.fail_send(1, passing="50")
        await b.send("hello")
    assert b.listener.told == [ACCEPTED, SENT]


async def test_result_that_never_comes_is_unknown_after_a_minute() -> None:
    async with bench(scale=60.0) as b:
        await b.box.lose_result(1)
        before = b.box.clock.monotonic()
        await b.send("hello")
        assert b.box.clock.monotonic() - before >= 60
    assert b.listener.told == [ACCEPTED, UNKNOWN]


@pytest.mark.parametrize("kind", ["seed", "old"])
async def test_line_that_is_not_registered_refuses_before_it_begins(kind: str) -> None:
    async with bench(kind) as b:
        await b.box.network(1, state=False)
        with pytest.raises(ChannelUnavailable):
            await b.send("hello")
        assert not b.on_air()
    assert b.listener.reports == []


async def test_blank_key_never_seen_at_work_is_not_taken_for_ours() -> None:
    """Q4: the firmware blanks the key at once, so nobody knows."""
    async with bench(blank_key=True, scale=60.0) as b:
        await b.box.network(1, state=False)
        await b.send("hello")
    assert b.listener.told == [UNKNOWN]


@pytest.mark.parametrize("busy_form", ["untouched", "overwritten", "refused"])
@pytest.mark.parametrize("kind", ALL_FIRMWARES)
async def test_line_at_work_is_busy_and_nothing_is_posted(
    kind: str, busy_form: str
) -> None:
    async with bench(kind, busy_form=busy_form, seconds_per_sms=8.0) as b:
        first = asyncio.create_task(b.send("first", serial=1))
        await b.listener.until_reported(ACCEPTED)
        with pytest.raises(ChannelBusy):
            await b.send("second", serial=2)
        assert b.posts() == 1
        await first
        assert [sms["text"] for sms in b.on_air()] == ["first"]
    assert b.listener.told == [ACCEPTED, SENT]


async def test_line_that_never_shows_an_end_is_used_again_after_three_minutes() -> None:
    async with bench(scale=60.0) as b:
        await b.box.lose_result(1)
        await b.send("first", serial=1)
        with pytest.raises(ChannelBusy):
            await b.send("second", serial=2)
        await b.box.clock.sleep(180)
        await b.send("second", serial=2)
        assert [sms["text"] for sms in b.on_air()] == ["first", "second"]
    assert b.listener.told == [ACCEPTED, UNKNOWN, ACCEPTED, SENT]


@pytest.mark.parametrize("bracket", ["http", "body", "slot"])
async def test_leading_bracket_is_guarded(bracket: str) -> None:
    async with bench(bracket=bracket) as b:
        await b.send("[HA] alarm")
        assert [sms["text"] for sms in b.on_air()] == [">[HA] alarm"]


@pytest.mark.parametrize("bracket", ["http", "body"])
async def test_error_500_as_an_answer_is_a_refusal(bracket: str) -> None:
    async with bench(box=without_forms("seed", bracket=bracket)) as b:
        with pytest.raises(SendRefused) as refused:
            await b.gateway.sender.send(1, NUMBER, "[unguarded", "80000001")
        assert refused.value.code == 500
        assert not b.on_air()


async def test_error_500_in_the_slot_is_a_failure() -> None:
    async with bench(box=without_forms("seed", bracket="slot")) as b:
        await b.gateway.sender.send(1, NUMBER, "[unguarded", "80000001")
    assert b.listener.told == [ACCEPTED, FAILED]
    assert b.listener.reports[-1].code == 500


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("[" + "x" * 157, [">[" + "x" * 157]),
        ("[" + "x" * 158, ["1/2 >[" + "x" * 153, "2/2 " + "x" * 5]),
        ("[" + "я" * 69, ["1/2 >[" + "я" * 64, "2/2 " + "я" * 5]),
        ("x" * 161, ["1/2 " + "x" * 156, "2/2 " + "x" * 5]),
        ("x" * 160, ["x" * 160]),
        ("plain", ["plain"]),
    ],
)
async def test_text_is_cut_with_the_guard_counted(text: str, pieces: list[str]) -> None:
    async with bench(connected=False) as b:
        assert b.gateway.sender.split(text) == pieces


@pytest.mark.parametrize("framed", [True, False])
@pytest.mark.parametrize("spelling", ["common", "seed"])
@pytest.mark.parametrize("kind", ALL_FIRMWARES)
async def test_get_is_used_where_the_form_is_missing(
    kind: str, spelling: str, framed: bool
) -> None:
    box = without_forms(kind, sending_spelling=spelling, framed=framed, blank_key=False)
    async with bench(box=box) as b:
        await b.send("Grüße + 100%")
        (sms,) = b.on_air()
        assert (sms["interface"], sms["text"]) == ("http-get", "Grüße + 100%")
        assert b.posts("send.html") == 1
    assert b.listener.told[0] is ACCEPTED
    assert b.listener.told[-1] is SENT


async def test_missing_form_is_remembered() -> None:
    async with bench(box=without_forms()) as b:
        await b.send("one", serial=1)
        await b.send("two", serial=2)
        assert b.posts("sms_info.html") == 1
        assert b.posts("send.html") == 2


async def test_get_refusals_are_told_apart() -> None:
    box = without_forms(seconds_per_sms=8.0)
    async with bench(box=box, blank_key=False) as b:
        await b.box.network(2, state=False)
        with pytest.raises(ChannelUnavailable):
            await b.send("hello", channel=2)
        with pytest.raises(SendRefused):
            await b.gateway.sender.send(1, "", "hello", "80000001")
        assert not b.on_air()


async def test_wrong_login_sends_nothing() -> None:
    async with bench(connected=False) as b:
        b.box.options.web_password = "other"
        with pytest.raises(InvalidAuth):
            await b.send("hello")
        assert not b.box.requests["sms_info.html"]


async def test_box_without_power_is_out_of_reach() -> None:
    async with bench() as b:
        await b.box.power(state=False)
        with pytest.raises(CannotConnect):
            await b.send("hello")


@pytest.mark.parametrize("request_number", [1, 2])
async def test_look_before_the_send_that_fails_leaves_nothing_unknown(
    request_number: int,
) -> None:
    """The form's field names and the slot are read before anything is sent."""
    async with bench() as b:
        b.box.http.options.close_before_reply = Nth(request_number)
        with pytest.raises(CannotConnect):
            await b.send("hello")
        assert b.posts() == 0


async def test_lost_answer_to_the_form_is_made_good_by_the_slot() -> None:
    async with bench() as b:
        b.box.http.options.lose_reply = Nth(3)
        await b.send("hello")
        assert (b.posts(), len(b.on_air())) == (1, 1)
    assert b.listener.told == [ACCEPTED, SENT]


async def test_form_that_was_read_and_not_answered_is_posted_once() -> None:
    async with bench(scale=60.0) as b:
        b.box.http.options.close_before_reply = Nth(3)
        with pytest.raises(NoReply):
            await b.send("hello")
        assert (b.posts(), len(b.on_air())) == (1, 0)
    assert b.listener.reports == []


@pytest.mark.parametrize("fault", ["lose_reply", "close_before_reply"])
async def test_get_that_was_not_answered_is_sent_once(fault: str) -> None:
    async with bench(box=without_forms()) as b:
        setattr(b.box.http.options, fault, Nth(4))
        with pytest.raises(NoReply):
            await b.send("hello")
        assert b.posts("send.html") == 1


async def test_login_refused_while_the_sms_is_on_its_way_does_not_unsend_it() -> None:
    async with bench() as b:
        sending = asyncio.create_task(b.send("hello"))
        await b.listener.until_reported(ACCEPTED)
        await b.box.refuse_logins(2)
        await sending
    assert b.listener.told == [ACCEPTED, SENT]


@pytest.mark.parametrize("blank_key", [False, True])
async def test_after_a_crash_the_slot_still_tells(blank_key: bool) -> None:
    async with bench(blank_key=blank_key, seconds_per_sms=6.0) as b:
        sending = asyncio.create_task(b.send("hello"))
        await b.listener.until_reported(ACCEPTED)
        sending.cancel()
        b.listener.reports.clear()
        await b.gateway.sender.resume({"800004d2": 1, "8000ffff": 2})
    told = {report.token: report.state for report in b.listener.reports}
    assert told == {"800004d2": SENT, "8000ffff": UNKNOWN}


async def test_other_status_page_is_found_after_an_update_of_the_firmware() -> None:
    async with bench() as b:
        await b.send("one", serial=1)
        await b.box.option("status_page", "id")
        await b.box.option("line_field", "line")
        await b.send("two", serial=2)
        assert [sms["text"] for sms in b.on_air()] == ["one", "two"]
    assert b.listener.told == [ACCEPTED, SENT, ACCEPTED, SENT]


async def test_own_keys_never_look_like_the_boxs() -> None:
    async with bench(connected=False) as b:
        keys = [b.gateway.sender.token(n) for n in (0, 1, 0x7FFFFFFF, 1764000000000)]
    assert keys == ["80000000", "80000001", "ffffffff", "b697e800"]
