"""The driver on a whole box that calls it, on all that its firmwares may do."""

import asyncio
from collections import Counter
from functools import partial
from typing import Any

import pytest

from custom_components.gsm_gateway.gateways.model import (
    ChannelUnavailable,
    GatewayError,
    IncomingCall,
    InvalidAuth,
    LineState,
    NoReply,
    SendRefused,
    SendState,
    UssdSession,
)
from tests.polling import until

from .bench import ALL_FIRMWARES, NUMBER, Bench, Listener
from .udp_bench import called

SENT, DELIVERED = SendState.SENT, SendState.DELIVERED
FAILED, UNKNOWN = SendState.FAILED, SendState.UNKNOWN
TEXTS = ("plain @ $ _ [x]", "[Grüße]; ñ ~\n2", "Привет 🎉 ]", "long " * 60, "ж" * 100)
SENDS = 40
LINES = 4


@pytest.mark.parametrize("kind", ALL_FIRMWARES)
@pytest.mark.parametrize("wrong_length", ["refuse", "cut"])
@pytest.mark.parametrize("wait", [0, 2])
async def test_texts_are_on_the_air_as_they_were_given(
    kind: str, wrong_length: str, wait: float
) -> None:
    async with called(kind, udp_wrong_length=wrong_length, udp_wait_seconds=wait) as b:
        for number, text in enumerate(TEXTS):
            await b.send(text, channel=1 + number % 2, serial=number)
        await b.listener.until_seen(lambda r: r.told.count(SENT) == len(TEXTS))
        assert Counter(sms["text"] for sms in b.on_air()) == Counter(TEXTS)
        assert b.listener.told.count(UNKNOWN) == 0


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"udp_deliver_before_ok": True},
        {"udp_deliver_num": False},
        {"udp_deliver_num": False, "udp_deliver_before_ok": True},
        {"udp_deliver_per": "part"},
        {"udp_sms_no": 254},
        {"udp_password_key": "pass", "udp_ending": "newline", "udp_counters": "shared"},
    ],
)
async def test_delivery_is_told(options: dict[str, Any]) -> None:
    async with called(**options) as b:
        for number in range(4):
            await b.send(f"text {number}", channel=1 + number % 2, serial=number)
        await b.listener.until_seen(lambda r: r.told.count(DELIVERED) == 4)
        for number in range(4):
            states = [s for token, s in b.listener.states if token == str(number)]
            assert states == [SENT, DELIVERED]
        answered = "sms_result_acknowledged"
        await until(lambda: len(b.box.journal.entries(answered)) == 4)


async def test_delivery_that_failed() -> None:
    async with called(udp_deliver_state=70) as b:
        await b.send("hello")
        report = await b.listener.until_reported(FAILED)
        assert report.code == 70


@pytest.mark.parametrize(("where", "expected"), [("password", None), ("send", FAILED)])
async def test_line_that_is_not_in_a_network(
    where: str, expected: SendState | None
) -> None:
    async with called(udp_logout=where) as b:
        await b.box.network(1, state=False)
        if expected is None:
            with pytest.raises(ChannelUnavailable):
                await b.send("hello")
            assert not b.listener.reports
        else:
            await b.send("hello")
            report = await b.listener.until_reported(expected)
            assert report.reason == "GSM_LOGOUT"
        assert not b.on_air()


async def test_error_of_the_radio() -> None:
    async with called() as b:
        await b.box.fail_send(1, "38")
        await b.send("hello")
        assert (await b.listener.until_reported(FAILED)).code == 38


async def test_line_that_works_long_is_waited_for() -> None:
    async with called(udp_wait_seconds=5) as b:
        await b.box.busy(1, 90)
        await b.send("hello")
        assert b.listener.told[0] is SENT
        assert len(b.on_air()) == 1


@pytest.mark.parametrize("repeat", ["status", "duplicate"])
@pytest.mark.parametrize(
    ("verb", "direction", "on_air", "states"),
    [
        ("MSG", "in", 1, [SENT]),
        ("PASSWORD", "both", 1, [SENT]),
        ("SEND", "out", 1, [SENT]),
        ("SEND", "in", 0, [UNKNOWN]),
        ("WAIT", "out", 1, [SENT]),
        ("DONE", "both", 1, [SENT]),
    ],
)
async def test_one_datagram_is_lost(
    repeat: str, verb: str, direction: str, on_air: int, states: list[SendState]
) -> None:
    async with called(udp_repeat_send=repeat, udp_deliver="off") as b:
        await b.box.udp_lose(what=verb, times=1, line=1, direction=direction)
        await b.send("hello")
        assert len(b.on_air()) == on_air
        assert b.listener.told == states


@pytest.mark.parametrize("repeat", ["status", "duplicate"])
async def test_lost_ok_is_unknown_until_the_delivery_report(repeat: str) -> None:
    async with called(
        udp_repeat_send=repeat, udp_wait_seconds=0, udp_deliver_seconds=50
    ) as b:
        await b.box.udp_lose(what="OK", times=9, line=1, direction="out")
        await b.send("hello")
        await b.listener.until_seen(lambda r: DELIVERED in r.told)
        assert b.listener.told == [UNKNOWN, DELIVERED]
        assert len(b.on_air()) == 1


@pytest.mark.parametrize("repeat", ["status", "duplicate"])
async def test_bad_way_sends_nothing_twice(repeat: str) -> None:
    async with called(
        lines=LINES,
        udp_repeat_send=repeat,
        udp_loss=0.1,
        udp_reorder=0.1,
        udp_seed=5,
        udp_deliver="off",
        udp_keepalive_seconds=10,
    ) as b:
        results = await asyncio.gather(*(send_many(b, n + 1) for n in range(LINES)))
        not_out = [text for each in results for text in each]
        air = Counter(sms["text"] for sms in b.on_air())
        assert set(air.values()) == {1}
        assert not set(air) & set(not_out)
        last = {report.token: report.state for report in b.listener.reports}
        assert len(last) + len(not_out) == SENDS
        assert air.keys() >= {t for t, state in last.items() if state is SENT}
        unknown = [t for t, state in last.items() if state is UNKNOWN]
        assert set(unknown) <= lost_on_the_way(b)
        assert set(last.values()) <= {SENT, UNKNOWN}
        assert len(air) > SENDS / 2


async def send_many(b: Bench, channel: int) -> list[str]:
    """Send texts, each its own token, by one line; return those that did not go out."""
    not_out = []
    for number in range(channel, SENDS + 1, LINES):
        try:
            await b.gateway.sender.send(channel, NUMBER, str(number), str(number))
        except GatewayError:
            not_out.append(str(number))
    return not_out


def lost_on_the_way(b: Bench) -> set[str]:
    """Return the texts of which a SEND or an OK was lost."""
    hits = b.box.journal.entries("fault_hit", port="udp", fault="udp_loss")
    lost = (("SEND", "in"), ("OK", "out"))
    return {h["text"] for h in hits if (h["dialogue"], h["direction"]) in lost}


async def test_seven_lines_send_at_once_and_none_is_refused() -> None:
    async with called(lines=7) as b:
        await asyncio.gather(*(b.send("hello", n, n) for n in range(1, 8)))
        assert b.listener.told.count(SENT) == 7
        assert not b.box.journal.entries("sms_refused")


@pytest.mark.parametrize("tries", [3, 4])
async def test_messages_over_a_bad_way(tries: int) -> None:
    async with called(
        udp_loss=0.3, udp_double=0.1, udp_reorder=0.1, udp_tries=tries, udp_smsc=True
    ) as b:
        sent = [f"text; {number}:\nmsg:x" for number in range(40)]
        for number, text in enumerate(sent):
            await b.box.receive(1 + number % 2, "+7999", text)
        await until(lambda: not b.box.udp.waiting())
        lost = b.box.journal.entries("sms_lost", how="udp")
        texts = {e["id"]: e["text"] for e in b.box.journal.entries("sms_incoming")}
        missed = {texts[e["id"]] for e in lost if not e["datagrams_through"]}
        assert len(missed) < len(sent) / 4
        await b.listener.until_seen(lambda r: set(r.texts) == set(sent) - missed)
        keys = {(p.channel, p.receive_id, p.payload) for p in b.listener.parts}
        assert len(keys) == len(sent) - len(missed)


async def test_line_moves_to_another_port_and_address() -> None:
    async with called() as b:
        for move in (
            b.box.udp_port_change(),
            b.box.udp_address(address="127.0.0.3"),
        ):
            before = len(b.listener.statuses)
            await move
            await b.listener.until_seen(partial(all_called, before))
            await b.send("hello")
        assert str(b.listener.statuses[-1].address).startswith("127.0.0.3:")
        assert b.listener.told.count(SENT) == 2


def all_called(before: int, listener: Listener) -> bool:
    """Tell whether all lines have called since then."""
    return {s.channel for s in listener.statuses[before:]} >= {1, 2, 3, 4}


async def test_line_that_falls_silent_is_not_used() -> None:
    async with called() as b:
        await b.box.udp_silence(line=1, state=True)
        await b.listener.until_seen(lambda _: not b.gateway.sender.ready(1))
        assert b.gateway.sender.ready(2)
        with pytest.raises(GatewayError):
            await b.send("hello")
        await b.box.udp_silence(line=1, state=False)
        await b.listener.until_seen(lambda _: b.gateway.sender.ready(1))
        await b.send("hello")


@pytest.mark.parametrize("survives", [True, False])
async def test_box_that_restarts_is_found_again(survives: bool) -> None:
    async with called(udp_port_survives=survives) as b:
        assert b.gateway.restarter is not None
        await b.gateway.restarter.restart()
        await b.box.journal.wait_for_kind("box", event="reboot")
        before = len(b.listener.statuses)
        await b.listener.until_seen(partial(all_called, before))
        await b.send("hello")


@pytest.mark.parametrize("failure", ["USSDERROR", "text", "USSDEXIT"])
async def test_ussd_that_fails(failure: str) -> None:
    async with called(udp_ussd_failure=failure) as b:
        await b.box.ussd_error(1, "operator says no")
        if failure == "USSDEXIT":
            reply = await b.gateway.ussd.run_ussd(1, "*100#")
            assert reply.session is UssdSession.ENDED
        else:
            with pytest.raises(SendRefused):
                await b.gateway.ussd.run_ussd(1, "*100#")


@pytest.mark.parametrize("newline", ["fails", "ok"])
@pytest.mark.parametrize("padding", [False, True])
async def test_ussd_never_gets_a_stored_answer(newline: str, padding: bool) -> None:
    async with called(udp_ussd_newline=newline, udp_ussd_padding=padding) as b:
        ussd = b.gateway.ussd
        for amount in ("57.2", "13.5"):
            await b.box.ussd_answer(1, "*100#", f"Balance: {amount} EUR")
            reply = await ussd.run_ussd(1, "*100#")
            assert reply.text == f"Balance: {amount} EUR"


async def test_late_ussd_answer_is_not_that_of_the_next_code() -> None:
    async with called() as b:
        await b.box.ussd_late(1, 60)
        with pytest.raises(NoReply):
            await b.gateway.ussd.run_ussd(1, "*100#")
        await b.box.ussd_answer(2, "*101#", "other")
        assert (await b.gateway.ussd.run_ussd(2, "*101#")).text == "other"
        dialled = b.box.journal.entries("ussd_dialled", line=1)
        assert len(dialled) == 1


@pytest.mark.parametrize("zero", ["off", "leave"])
async def test_module_off_and_on(zero: str) -> None:
    async with called(udp_module_zero=zero) as b:
        assert b.gateway.module_switch is not None
        await b.gateway.module_switch.switch_module(1, on=False)
        assert not b.box.line(1).module_on
        assert b.box.line(2).module_on
        await b.gateway.module_switch.switch_module(1, on=True)
        assert b.box.line(1).module_on
        told = [s.module_on for s in b.listener.statuses if s.address is None]
        assert told == [False, True]


async def test_module_restarts() -> None:
    async with called() as b:
        assert b.gateway.module_restarter is not None
        await b.gateway.module_restarter.restart_module(2)


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("loss", [0.0, 0.2])
async def test_call_is_told_once_and_dropped(twice: bool, loss: float) -> None:
    async with called(udp_loss=loss, udp_reorder=loss, udp_double=loss) as b:
        assert b.gateway.call_dropper is not None
        await b.box.call(1, "+7999", record_twice=twice)
        await b.listener.until_seen(lambda r: r.calls)
        await b.gateway.call_dropper.drop_call(1)
        await b.listener.until_seen(
            lambda r: any(s.line_state is LineState.IDLE for s in r.statuses)
        )
        await until(lambda: not b.box.udp.waiting())
        assert b.listener.calls == [IncomingCall(channel=1, caller="+7999")]


async def test_push_by_udp_and_send_by_the_pages() -> None:
    async with called(send_by_web=True) as b:
        await b.box.receive(1, "+7999", "pushed")
        await b.listener.until_parts(1)
        assert b.listener.texts == ["pushed"]
        await b.listener.until_seen(lambda _: b.gateway.sender.ready(1))
        await b.send("hello")
        (sms,) = b.on_air()
        assert sms["interface"] == "http-post"
        assert (await b.gateway.ussd.run_ussd(1, "*100#")).text
        assert b.posts("ussd_info.html") == 1
        assert b.gateway.call_dropper is not None
        assert b.gateway.tells_calls


@pytest.mark.parametrize("there", [False, True])
async def test_pages_that_refuse_the_login_do_not_end_the_pushes(there: bool) -> None:
    async with called(send_by_web=True) as b:
        listener = Listener()
        await b.stop()
        await b.box.refuse_logins()
        for line in range(5):
            await b.box.udp_silence(line=line, state=not there)
        b.run = asyncio.create_task(b.gateway.receiver.run(listener))
        await listener.until_seen(
            lambda _: any(isinstance(e, InvalidAuth) for _, e in listener.connections)
        )
        if there:
            await listener.until_connected()
        await b.box.receive(1, "+7999", "pushed")
        await listener.until_parts(1)
        assert listener.connections[-1][0] is there
        assert not b.gateway.sender.ready(1)
