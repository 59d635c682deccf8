"""SMS over UDP, datagram by datagram."""

import asyncio

import pytest

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    ChannelBusy,
    ChannelUnavailable,
    GatewayError,
    InvalidAuth,
    SendRefused,
    SendReport,
    SendState,
    TextTooLong,
)

from .bench import NUMBER
from .udp_peer import QUICK, OnUdp, on_udp

SENT, DELIVERED = SendState.SENT, SendState.DELIVERED
FAILED, UNKNOWN = SendState.FAILED, SendState.UNKNOWN
SEND = b"SEND 11 1 +491511234567\n"


async def until_send(o: OnUdp, size: int = 5, text: bytes = b"hello") -> None:
    """Play the box's part until the text is told to leave."""
    assert await o.peer.next() == b"MSG 11 %d %b\n" % (size, text)
    o.peer.send(b"PASSWORD 11\n")
    assert await o.peer.next() == b"PASSWORD 11 secret\n"
    o.peer.send(b"SEND 11\n")
    assert await o.peer.next() == SEND


async def end(o: OnUdp, sending: asyncio.Task[None]) -> None:
    """Close the group and wait for the end."""
    assert await o.peer.next() == b"DONE 11\n"
    o.peer.send(b"DONE 11\n")
    await sending


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("hello", 5),
        ("[two]\nlines; PASSWORD 11", 24),
        ("Привет", 12),
        ("Да 🎉", 9),
        ("x" * 3000, 3000),
    ],
)
async def test_whole_dialogue(text: str, size: int) -> None:
    async with on_udp() as o:
        sending = o.send(text)
        await until_send(o, size, text.encode())
        o.peer.send(b"WAIT 11 1\n")
        await o.peer.sound()
        o.peer.send(b"OK 11 1 37\n")
        await end(o, sending)
        assert o.listener.reports == [SendReport(token="11", state=SENT, box_key="37")]
        await o.peer.sound()


@pytest.mark.parametrize("ok", [b"OK 11 1\n", b"OK 11 1;\n", b"OK 11\n", b"OK 11 1"])
async def test_old_firmware_tells_no_number(ok: bytes) -> None:
    async with on_udp() as o:
        sending = o.send()
        await until_send(o)
        o.peer.send(ok)
        await end(o, sending)
        assert o.listener.reports == [SendReport(token="11", state=SENT)]


async def test_what_may_be_said_twice_is_repeated() -> None:
    async with on_udp(scale=QUICK) as o:
        sending = o.send()
        for _ in range(4):
            assert await o.peer.next() == b"MSG 11 5 hello\n"
        o.peer.send(b"PASSWORD 11\n")
        o.peer.send(b"PASSWORD 11\n")
        for _ in range(3):
            assert await o.peer.next() == b"PASSWORD 11 secret\n"
        o.peer.send(b"SEND 11\n")
        o.peer.send(b"SEND 11\n")
        assert await o.peer.next() == SEND
        o.peer.send(b"OK 11 1 37\n")
        o.peer.send(b"OK 11 1 37\n")
        await end(o, sending)
        assert o.listener.told == [SENT]
        assert o.peer.heard.count(SEND) == 1


@pytest.mark.parametrize("answered", [0, 1])
async def test_silence_before_the_send_means_that_nothing_went_out(
    answered: int,
) -> None:
    async with on_udp(scale=60) as o:
        sending = o.send()
        for _ in range(4):
            await o.peer.next()
        if answered:
            o.peer.send(b"PASSWORD 11\n")
            for _ in range(4):
                assert await o.peer.next() == b"PASSWORD 11 secret\n"
            o.peer.keepalive()
        with pytest.raises(CannotConnect):
            await sending
        assert SEND not in o.peer.heard
        assert not o.listener.reports


async def test_send_is_said_once_and_silence_is_unknown() -> None:
    async with on_udp(scale=60) as o:
        sending = o.send()
        await until_send(o)
        await sending
        await o.peer.sound()  # it may be on its way, and is not closed
        assert o.peer.heard.count(SEND) == 1
        assert o.listener.told == [UNKNOWN]
        o.send("next", "12")
        assert await o.peer.next() == b"DONE 11\n"
        assert await o.peer.next() == b"MSG 12 4 next\n"


@pytest.mark.parametrize("told", [False, True])
async def test_end_in_the_midst_does_not_stop_what_is_on_its_way(told: bool) -> None:
    async with on_udp() as o:
        sending = o.send()
        if told:
            await until_send(o)
        else:
            assert await o.peer.next() == b"MSG 11 5 hello\n"
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        if not told:
            assert await o.peer.next() == b"DONE 11\n"
        await o.peer.sound()
        assert not o.listener.reports


async def test_done_is_repeated_until_it_is_heard() -> None:
    async with on_udp(scale=QUICK) as o:
        sending = o.send()
        await until_send(o)
        o.peer.send(b"OK 11 1 37\n")
        for _ in range(3):
            assert await o.peer.next() == b"DONE 11\n"
        await sending
        await o.peer.sound()


async def test_wait_keeps_the_line_waiting() -> None:
    async with on_udp(scale=30) as o:  # 30 s of silence are one
        sending = o.send()
        await until_send(o)
        began = o.clock.monotonic()
        while o.clock.monotonic() - began < 45:
            o.peer.send(b"WAIT 11 1\n")
            await o.peer.sound()
        assert not o.listener.reports
        o.peer.send(b"OK 11 1 37\n")
        await end(o, sending)
        assert o.listener.told == [SENT]


@pytest.mark.parametrize(
    ("reply", "state", "code"),
    [
        (b"OK 11 1 37\n", SENT, None),
        (b"ERROR 11 1 errorstatus:38\n", FAILED, 38),
    ],
)
async def test_result_that_comes_late_still_counts(
    reply: bytes, state: SendState, code: int | None
) -> None:
    async with on_udp(scale=60) as o:
        sending = o.send()
        await until_send(o)
        await sending
        assert o.listener.told == [UNKNOWN]
        o.peer.send(b"ERROR 11 SENDID\n")  # about whatever it is, not about the SEND
        await o.peer.sound()
        o.peer.send(reply)
        o.peer.send(reply)
        late = await o.listener.until_reported(state)
        assert await o.peer.next() == b"DONE 11\n"
        assert (late.token, late.code) == ("11", code)
        assert o.listener.told == [UNKNOWN, state]


@pytest.mark.parametrize(
    ("reply", "error", "words", "code"),
    [
        (b"ERROR 11 GSM_LOGOUT\n", ChannelUnavailable, "GSM_LOGOUT", None),
        (b"ERROR 11 1 GSM_LOGOUT\n", ChannelUnavailable, "GSM_LOGOUT", None),
        (b"ERROR 11 PASSWORD\n", InvalidAuth, "password", None),
        (b"ERROR 11 SENDID\n", ChannelBusy, "SENDID", None),
        (b"ERROR 11 too_many_sends_in_server\n", ChannelBusy, "too_many", None),
        (b"ERROR 11 nobody knows this\n", ChannelBusy, "nobody knows this", None),
        (b"ERROR 11 line busy\n", ChannelBusy, "busy", None),
        (b"ERROR 11\n", ChannelBusy, "no reason", None),
        (b"ERROR 11 1 errorstatus:500\n", SendRefused, "errorstatus:500", 500),
    ],
)
@pytest.mark.parametrize("step", [1, 2])
async def test_errors_before_the_send(
    reply: bytes, error: type[GatewayError], words: str, code: int | None, step: int
) -> None:
    async with on_udp() as o:
        sending = o.send()
        await o.peer.next()
        if step == 2:
            o.peer.send(b"PASSWORD 11\n")
            assert await o.peer.next() == b"PASSWORD 11 secret\n"
        o.peer.send(reply)
        with pytest.raises(error, match=words) as raised:
            await sending
        assert type(raised.value) is error
        assert getattr(raised.value, "code", None) == code
        assert await o.peer.next() == b"DONE 11\n"
        assert not o.listener.reports
        assert SEND not in o.peer.heard


@pytest.mark.parametrize(
    ("reply", "reason", "code"),
    [
        (b"ERROR 11 1 errorstatus:38\n", "errorstatus:38", 38),
        (b"ERROR 11 errorstatus:1", "errorstatus:1", 1),
        (b"ERROR 11 1 500", "500", 500),
        (b"ERROR 11 1 GSM_LOGOUT\n", "GSM_LOGOUT", None),
        (b"ERROR 11 GSM_LOGOUT\n", "GSM_LOGOUT", None),
        (b"ERROR 11 no credit\n", "no credit", None),
        (b"ERROR 11\n", "The box gave no reason", None),
    ],
)
async def test_errors_after_the_send_are_final(
    reply: bytes, reason: str, code: int | None
) -> None:
    async with on_udp() as o:
        sending = o.send()
        await until_send(o)
        o.peer.send(reply)
        await end(o, sending)
        (report,) = o.listener.reports
        assert (report.state, report.reason, report.code) == (FAILED, reason, code)


@pytest.mark.parametrize("words", ["PASSWORD", "SENDID"])
async def test_error_about_another_step_does_not_tell_what_became_of_the_text(
    words: str,
) -> None:
    """A text that is called failed may be sent again by somebody, so it must not be out."""
    async with on_udp(scale=QUICK) as o:
        sending = o.send()
        await until_send(o)
        o.peer.send(f"ERROR 11 {words}\n".encode())
        await sending
        (report,) = o.listener.reports
        assert (report.state, report.reason) == (UNKNOWN, words)
        o.peer.send(b"OK 11 1 37\n")
        assert await o.peer.next() == b"DONE 11\n"
        assert o.listener.told == [UNKNOWN, SENT]


async def test_error_that_may_be_about_an_earlier_step_waits_for_something_better() -> (
    None
):
    async with on_udp() as o:
        sending = o.send()
        await until_send(o)
        o.peer.send(b"ERROR 11 SENDID\n")
        o.peer.send(b"ERROR 11 PASSWORD\n")
        o.peer.send(b"OK 11 1 37\n")
        await end(o, sending)
        assert o.listener.told == [SENT]


async def test_box_works_on_five_texts_at_a_time() -> None:
    ids = {channel: f"home-{channel}" for channel in range(1, 8)}
    async with on_udp(ids=ids) as o:
        peers = [o.peer] + [await o.another(ids[n]) for n in range(2, 8)]
        for peer in peers[1:]:
            await peer.call()
        send = o.gateway.sender.send
        sendings = [
            asyncio.create_task(send(channel, NUMBER, "hello", str(channel)))
            for channel in ids
        ]
        for number, peer in enumerate(peers[:5], 1):
            assert await peer.next() == b"MSG %d 5 hello\n" % number
        for peer in peers[5:]:
            await peer.sound()
        peers[0].send(b"ERROR 1 1 errorstatus:1\n")
        with pytest.raises(SendRefused):
            await sendings[0]
        assert await peers[5].next() == b"MSG 6 5 hello\n"
        await peers[6].sound()
        for sending in sendings:
            sending.cancel()
        await asyncio.gather(*sendings, return_exceptions=True)


async def test_line_that_is_gone_in_the_midst_gets_no_send() -> None:
    async with on_udp(scale=60) as o:
        sending = o.send()
        assert await o.peer.next() == b"MSG 11 5 hello\n"
        o.gateway.receiver.__dict__["lines"][1].forget_place()
        o.peer.send(b"PASSWORD 11\n")
        with pytest.raises(CannotConnect):
            await sending
        assert o.peer.heard == [b"MSG 11 5 hello\n"]


@pytest.mark.parametrize("to", ["+49 151", "1\nSEND 11 2 +7", "", "Bank"])
async def test_number_that_would_break_the_command(to: str) -> None:
    async with on_udp() as o:
        with pytest.raises(SendRefused):
            await o.gateway.sender.send(1, to, "hello", "11")
        await o.peer.sound()


async def test_line_without_an_id() -> None:
    async with on_udp() as o:
        with pytest.raises(CannotConnect):
            await o.gateway.sender.send(3, NUMBER, "hello", "11")


async def test_text_is_handed_over_whole() -> None:
    async with on_udp(fresh=False) as o:
        sender = o.gateway.sender
        assert sender.reaches is DELIVERED
        assert sender.split("ж" * 1500) == ["ж" * 1500]
        assert sender.count("ж" * 71) == 2
        assert sender.token(2**30 + 5) == "5"
        assert o.gateway.pacing == 3.0
        with pytest.raises(TextTooLong):
            sender.split("ж" * 1501)
