"""Delivery reports: which message they mean, and when they are acknowledged."""

import asyncio
from datetime import timedelta

import pytest

from custom_components.gsm_gateway.gateways.model import SendReport, SendState

from .bench import NUMBER
from .udp_peer import OnUdp, on_udp, skip

SENT, DELIVERED = SendState.SENT, SendState.DELIVERED
FAILED, UNKNOWN = SendState.FAILED, SendState.UNKNOWN
OTHER = "+491517654321"


async def begin(
    o: OnUdp, token: str = "11", to: str = NUMBER, text: str = "hello"
) -> asyncio.Task[None]:
    """Play the box's part until a text was told to leave."""
    sending = o.send(text, token, to)
    first = await o.peer.next()
    if first.startswith(b"DONE"):
        first = await o.peer.next()  # the one before was not closed
    assert first.startswith(f"MSG {token} ".encode())
    o.peer.send(f"SEND {token}\n".encode())
    assert await o.peer.next() == f"SEND {token} 1 {to}\n".encode()
    return sending


async def sent(
    o: OnUdp, ok: str = "OK 11 1 37", to: str = NUMBER, text: str = "hello"
) -> None:
    """Send a text; the box tells this."""
    token = ok.split()[1]
    sending = await begin(o, token, to, text)
    o.peer.send(ok.encode())
    assert await o.peer.next() == f"DONE {token}\n".encode()
    o.peer.send(f"DONE {token}\n".encode())
    await sending


async def lost(
    o: OnUdp, token: str = "11", to: str = NUMBER, text: str = "hello"
) -> None:
    """Send a text of which the box's result is lost."""
    await (await begin(o, token, to, text))
    assert o.listener.states[-1] == (token, UNKNOWN)


async def deliver(o: OnUdp, tail: str, number: int = 5) -> None:
    """Push a report that is acknowledged at once."""
    o.peer.push(f"DELIVER:{number}", tail)
    assert await o.peer.next() == f"DELIVER {number} OK\n".encode()


@pytest.mark.parametrize("num", ["", f";num:{NUMBER}", ";num:01511234567"])
@pytest.mark.parametrize(
    ("status", "state"),
    [(0, DELIVERED), (1, None), (2, None), (32, None), (63, None), (64, FAILED)],
)
async def test_tp_status(num: str, status: int, state: SendState | None) -> None:
    async with on_udp() as o:
        await sent(o)
        await deliver(o, f"sms_no:37;state:{status}{num}")
        assert o.listener.told == [SENT, *([state] if state else [])]
        if state is FAILED:
            report = o.listener.reports[-1]
            assert (report.reason, report.code) == ("TP-Status 64", 64)


async def test_report_that_comes_twice_is_told_once() -> None:
    async with on_udp() as o:
        await sent(o)
        await deliver(o, "sms_no:37;state:0")
        await deliver(o, "sms_no:37;state:0")
        await deliver(o, "sms_no:37;state:64", 4)
        assert o.listener.told == [SENT, DELIVERED]


async def test_report_that_is_not_safe_yet_is_not_acknowledged() -> None:
    kept: list[SendReport] = []
    async with on_udp() as o:
        await sent(o)
        o.listener.on_report = kept.append  # type: ignore[assignment, method-assign]
        o.peer.push("DELIVER:5", "sms_no:37;state:0")
        o.peer.push("DELIVER:5", "sms_no:37;state:0")
        await o.peer.sound()
        (report,) = kept
        report.acknowledge()
        assert await o.peer.next() == b"DELIVER 5 OK\n"


async def test_report_of_nothing_of_ours() -> None:
    async with on_udp() as o:
        await sent(o)
        await deliver(o, "sms_no:38;state:0")
        await deliver(o, "sms_no:37;state:0;num:+491517654321")
        assert o.listener.told == [SENT]


@pytest.mark.parametrize("repeated", [0, 3])
async def test_report_that_comes_before_the_ok(repeated: int) -> None:
    async with on_udp() as o:
        sending = await begin(o)
        for _ in range(1 + repeated):
            o.peer.push("DELIVER:5", "sms_no:37;state:0")
        await o.peer.sound()
        assert not o.listener.reports
        o.peer.send(b"OK 11 1 37\n")
        await o.listener.until_reported(DELIVERED)
        sending.cancel()
        assert o.listener.told == [SENT, DELIVERED]
        answers = {await o.peer.next(), await o.peer.next()}
        assert answers == {b"DELIVER 5 OK\n", b"DONE 11\n"}


async def test_early_report_of_another_message_is_let_go() -> None:
    async with on_udp() as o:
        sending = await begin(o)
        o.peer.push("DELIVER:5", "sms_no:99;state:0")
        await o.peer.sound()
        o.peer.send(b"OK 11 1 37\n")
        await o.listener.until_reported(SENT)
        answers = {await o.peer.next(), await o.peer.next()}
        sending.cancel()
        assert answers == {b"DELIVER 5 OK\n", b"DONE 11\n"}
        assert o.listener.told == [SENT]


async def test_number_that_came_round_means_the_newer_message() -> None:
    async with on_udp() as o:
        await sent(o, "OK 11 1 37")
        await sent(o, "OK 12 1 37")
        await deliver(o, "sms_no:37;state:0")
        assert o.listener.states[-1] == ("12", DELIVERED)
        await sent(o, "OK 13 1 37", OTHER)
        await deliver(o, f"sms_no:37;state:0;num:{NUMBER}", 6)
        assert o.listener.told.count(DELIVERED) == 1
        await deliver(o, f"sms_no:37;state:0;num:{OTHER}", 7)
        assert o.listener.states[-1] == ("13", DELIVERED)


async def test_report_after_a_quarter_of_an_hour_means_nothing() -> None:
    async with on_udp() as o:
        await sent(o, "OK 11 1 37")
        skip(o.clock, 901)
        await deliver(o, "sms_no:37;state:0")
        assert o.listener.told == [SENT]


@pytest.mark.parametrize("num", ["", f";num:{NUMBER}"])
@pytest.mark.parametrize("before", [False, True])
async def test_lost_ok_is_unknown_until_the_report_tells(
    num: str, before: bool
) -> None:
    async with on_udp(scale=60) as o:
        await sent(o, "OK 10 1 36", OTHER)
        if before:  # while the OK is still waited for
            sending = await begin(o)
            o.peer.push("DELIVER:5", f"sms_no:37;state:0{num}")
            await sending
        else:
            await lost(o)
            o.peer.push("DELIVER:5", f"sms_no:37;state:0{num}")
        await o.listener.until_reported(DELIVERED)
        assert o.listener.states == [
            ("10", SENT),
            ("11", UNKNOWN),
            ("11", DELIVERED),
        ]


async def test_two_lost_oks_are_told_apart_by_the_recipient() -> None:
    async with on_udp(scale=60) as o:
        await lost(o, "11", NUMBER)
        await lost(o, "12", OTHER)
        await deliver(o, "sms_no:37;state:0")
        assert o.listener.told == [UNKNOWN, UNKNOWN]
        await deliver(o, f"sms_no:37;state:0;num:{NUMBER}", 6)
        await deliver(o, f"sms_no:38;state:0;num:{OTHER}", 7)
        assert o.listener.states[2:] == [("11", DELIVERED), ("12", DELIVERED)]


async def test_report_that_may_be_about_a_part_of_another_message_tells_nothing() -> (
    None
):
    async with on_udp(scale=60) as o:
        await sent(o, "OK 10 1 36", text="long " * 60)
        await lost(o)
        await deliver(o, f"sms_no:37;state:0;num:{NUMBER}")
        assert o.listener.told == [SENT, UNKNOWN]


async def test_message_of_an_earlier_run() -> None:
    async with on_udp() as o:
        assert o.gateway.recaller is not None
        now = o.clock.now()
        o.gateway.recaller.recall(1, "9", "37", now - timedelta(minutes=3))
        o.gateway.recaller.recall(1, "9", "37", now - timedelta(minutes=3))
        o.gateway.recaller.recall(1, "8", "38", now - timedelta(minutes=16))
        await deliver(o, "sms_no:37;state:0")
        await deliver(o, "sms_no:38;state:0", 6)
        assert o.listener.states == [("9", DELIVERED)]


async def test_newer_message_has_its_number_before_one_of_an_earlier_run() -> None:
    async with on_udp() as o:
        assert o.gateway.recaller is not None
        await sent(o, "OK 11 1 37")
        minute_ago = o.clock.now() - timedelta(minutes=1)
        o.gateway.recaller.recall(1, "9", "37", minute_ago)
        await deliver(o, "sms_no:37;state:0")
        assert o.listener.states[-1] == ("11", DELIVERED)
