"""USSD over a GoIP's web pages."""

import asyncio

import pytest

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    ChannelBusy,
    ChannelUnavailable,
    InvalidAuth,
    NoReply,
    SendRefused,
    SendState,
    UssdSession,
)

from .bench import ALL_FIRMWARES, Nth, bench


@pytest.mark.parametrize("kind", ALL_FIRMWARES)
@pytest.mark.parametrize("xml_truthful", [True, False])
async def test_code_is_dialled_once_and_its_answer_returned(
    kind: str, xml_truthful: bool
) -> None:
    async with bench(kind, xml_truthful=xml_truthful) as b:
        reply = await b.gateway.ussd.run_ussd(1, "*100#")
        (dialled,) = b.box.journal.entries(kind="ussd_dialled")
    assert (reply.text, reply.session) == ("Баланс: 57.2 р.", UssdSession.UNTOLD)
    assert (dialled.line, dialled["code"]) == (1, "*100#")


@pytest.mark.parametrize(
    "text",
    [
        'Tarif <Plus> & "Co"\nBalance: 5,00 €',
        "&lt;b&gt; is no tag",
        "send failed: busy",
        "余额: 57.20 元",
        "  57.20",
    ],
)
async def test_answer_comes_as_it_is(text: str) -> None:
    async with bench("old") as b:
        await b.box.ussd_answer(1, "*100#", text.replace("€", "EUR"))
        reply = await b.gateway.ussd.run_ussd(1, "*100#")
    assert reply.text == text.replace("€", "EUR").strip()


async def test_answer_with_a_letter_cut_in_two_is_read_all_the_same() -> None:
    async with bench(byte_limit=7) as b:
        reply = await b.gateway.ussd.run_ussd(1, "*100#")
    assert reply.text == "Бал\N{REPLACEMENT CHARACTER}"


async def test_two_codes_one_after_the_other_get_their_own_answers() -> None:
    async with bench() as b:
        await b.box.ussd_answer(1, "*1#", "same")
        await b.box.ussd_answer(1, "*2#", "same")
        replies = [await b.gateway.ussd.run_ussd(1, code) for code in ("*1#", "*2#")]
        assert len(b.box.journal.entries(kind="ussd_dialled")) == 2
    assert [reply.text for reply in replies] == ["same", "same"]


async def test_choice_of_a_menu_is_dialled_like_a_code() -> None:
    async with bench() as b:
        await b.box.ussd_answer(1, "*100#", "1 Balance")
        await b.box.ussd_answer(1, "1", "57.2 r")
        await b.gateway.ussd.run_ussd(1, "*100#")
        reply = await b.gateway.ussd.run_ussd(1, "1")
    assert reply.text == "57.2 r"


@pytest.mark.parametrize("status", ["DONE", "ERRORDONE"])
@pytest.mark.parametrize("error", ["50", "2172"])
async def test_number_in_place_of_an_answer_is_an_error(
    status: str, error: str
) -> None:
    async with bench(failure_status=status, blank_key=False) as b:
        await b.box.ussd_error(1, error)
        with pytest.raises(SendRefused) as refused:
            await b.gateway.ussd.run_ussd(1, "*100#")
    assert refused.value.code == int(error)


@pytest.mark.parametrize("ussd_timeout", [5.0, 0.0])
async def test_silence_of_the_operator_is_no_reply_within_forty_seconds(
    ussd_timeout: float,
) -> None:
    async with bench(ussd_timeout=ussd_timeout, scale=60.0) as b:
        await b.box.ussd_silence(1)
        before = b.box.clock.monotonic()
        with pytest.raises(NoReply):
            await b.gateway.ussd.run_ussd(1, "*100#")
        assert b.box.clock.monotonic() - before < 40
        assert len(b.box.journal.entries(kind="ussd_dialled")) == 1


async def test_late_answer_is_not_given_to_the_next_code() -> None:
    async with bench(ussd_timeout=0.0, scale=60.0) as b:
        await b.box.ussd_late(1, 60.0)
        with pytest.raises(NoReply):
            await b.gateway.ussd.run_ussd(1, "*100#")
        with pytest.raises(ChannelBusy):
            await b.gateway.ussd.run_ussd(1, "*100#")
        assert len(b.box.journal.entries(kind="ussd_dialled")) == 1


@pytest.mark.parametrize("kind", ["seed", "old"])
async def test_line_that_is_not_registered_dials_nothing(kind: str) -> None:
    async with bench(kind) as b:
        await b.box.network(1, state=False)
        with pytest.raises(ChannelUnavailable):
            await b.gateway.ussd.run_ussd(1, "*100#")


async def test_line_that_sends_is_busy() -> None:
    async with bench(seconds_per_sms=8.0) as b:
        sending = asyncio.create_task(b.send("hello"))
        await b.listener.until_reported(SendState.ACCEPTED)
        with pytest.raises(ChannelBusy):
            await b.gateway.ussd.run_ussd(1, "*100#")
        await sending
        assert not b.box.journal.entries(kind="ussd_dialled")


async def test_lost_answer_to_the_form_is_made_good_by_the_slot() -> None:
    async with bench() as b:
        b.box.http.options.lose_reply = Nth(3)
        reply = await b.gateway.ussd.run_ussd(1, "*100#")
        assert len(b.box.journal.entries(kind="ussd_dialled")) == 1
    assert reply.text == "Баланс: 57.2 р."


async def test_look_before_that_fails_dials_nothing() -> None:
    async with bench() as b:
        b.box.http.options.close_before_reply = Nth(1)
        with pytest.raises(CannotConnect):
            await b.gateway.ussd.run_ussd(1, "*100#")
        assert b.posts("ussd_info.html") == 0


async def test_wrong_login_dials_nothing() -> None:
    async with bench() as b:
        await b.box.refuse_logins()
        with pytest.raises(InvalidAuth):
            await b.gateway.ussd.run_ussd(1, "*100#")
        assert b.posts("ussd_info.html") == 0


async def test_missing_ussd_page_is_remembered() -> None:
    async with bench(ussd_page=False) as b:
        await b.gateway.ussd.run_ussd(1, "*100#")
        await b.gateway.ussd.run_ussd(1, "*100#")
        assert b.posts("ussd_info.html") == 1
        assert len(b.box.journal.entries(kind="ussd_dialled")) == 2
