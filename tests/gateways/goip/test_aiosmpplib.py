"""The faults of aiosmpplib 0.7.4 that `SmppLink` closes, each also without what closes it."""

import asyncio
from collections.abc import Awaitable, Callable
import gc
from importlib.metadata import version
import logging
from typing import override

from aiosmpplib import SubmitSm
import pytest

from custom_components.gsm_gateway.gateways.goip import smpp_link
from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    Coding,
    SendRefused,
    SendState,
)
from custom_components.gsm_gateway.gateways.text import decode

from . import smsc as smsc_module
from .smsc import DELIVER, RESPONSE, SUBMIT, OnSmsc, Smsc, deliver_body, on_smsc, pdu
from .without import LEFT_OPEN, RED, take_off

UDHI = 0x40


def test_version_is_the_one_whose_inside_was_read() -> None:
    assert version("aiosmpplib") == "0.7.4"


async def submit(o: OnSmsc, answer: Callable[[int], bytes], token: str = "7") -> None:
    """Send one SMS and answer it."""
    sending = asyncio.create_task(o.send("Hi", token=token))
    _, _, sequence, _ = await o.smsc.next()
    o.smsc.send(answer(sequence))
    async with asyncio.timeout(smsc_module.WAIT_SECONDS):
        await sending


async def vendors_status_is_told() -> None:
    async with on_smsc() as o:
        with pytest.raises(SendRefused) as refused:
            await submit(o, lambda number: pdu(RESPONSE | SUBMIT, 0x40B, number))
        assert refused.value.code == 0x40B
        assert len(o.smsc.binds) == 1


async def unknown_command_is_refused_and_forgotten() -> None:
    async with on_smsc() as o:
        o.smsc.send(pdu(0x00010201, 0, 9, b"vendor"))
        assert await o.smsc.next() == (RESPONSE, 3, 9, b"")
        await o.smsc.sound()


async def unknown_answer_is_forgotten() -> None:
    async with on_smsc() as o:
        o.smsc.send(pdu(0x80010201, 0, 9, b"vendor"))
        await o.smsc.sound()
        assert len(o.smsc.binds) == 1


async def data_sm_is_not_taken_for_delivered() -> None:
    async with on_smsc() as o:
        o.smsc.send(pdu(0x103, 0, 9, b"\0\1\x01900\0\1\1goip01\0\0\0\0"))
        assert await o.smsc.next() == (RESPONSE, 3, 9, b"")


async def refused_bind_without_a_body_is_told() -> None:
    smsc = Smsc(bind_status=0x0E, bind_body=b"")
    async with (
        on_smsc(smsc, bound=False, channels=(1, 2)) as o,
        asyncio.timeout(1),
    ):
        await o.run
    connected, error = o.listener.connections[-1]
    assert (connected, type(error).__name__) == (False, "SmppRefused")


async def bind_answer_without_nul_binds() -> None:
    async with asyncio.timeout(1), on_smsc(Smsc(bind_body=b"goipsms04")) as o:
        assert o.listener.connections == [(True, None)]


async def already_bound_is_not_bound() -> None:
    async with on_smsc(Smsc(bind_status=5), bound=False) as o:
        await o.listener.until_seen(lambda r: r.connections)
        connected, error = o.listener.connections[0]
        assert not connected
        assert isinstance(error, CannotConnect)


async def impossible_length_ends_the_link_at_once() -> None:
    for size in (0, 15, 0x7FFFFFFF):
        async with on_smsc(scale=20.0) as o:
            o.smsc.send(size.to_bytes(4) + pdu(0x15, 0, 1)[4:])
            async with asyncio.timeout(1):
                await o.smsc.ended.wait()


async def nack_finds_its_message() -> None:
    async with on_smsc() as o:
        with pytest.raises(SendRefused):
            await submit(o, lambda number: pdu(RESPONSE, 3, number))


async def message_id_beyond_ascii_is_an_answer() -> None:
    async with on_smsc() as o:
        await submit(o, lambda n: pdu(RESPONSE | SUBMIT, 0, n, b"\xfc7\0"))
        assert o.listener.told == [SendState.ACCEPTED]


async def nothing_is_kept_of_what_was_sent() -> None:
    async with on_smsc() as o:
        for number in range(5):
            await submit(
                o, lambda n: pdu(RESPONSE | SUBMIT, 0, n, b"%d\0" % n), str(number)
            )
        gc.collect()
        kept = [each for each in gc.get_objects() if type(each) is SubmitSm]
        assert not kept


async def half_open_link_is_given_up_in_simulated_time() -> None:
    async with on_smsc(Smsc(answers_enquiries=False)) as o:
        async with asyncio.timeout(2):
            await o.listener.until_lost()
        assert "dead" in str(o.listener.connections[-1][1])


async def link_is_hung_up() -> None:
    async with on_smsc(Smsc(answers_enquiries=False)) as o, asyncio.timeout(2):
        await o.smsc.ended.wait()


async def take_in(o: OnSmsc, *bodies: bytes) -> None:
    """Let packets come in one after the other."""
    for body in bodies:
        o.smsc.deliver(body)
        assert (await o.smsc.next())[:2] == (RESPONSE | DELIVER, 0)


async def sixteen_bit_reference_is_read() -> None:
    async with on_smsc() as o:
        await take_in(
            o,
            deliver_body(b"\6\x08\4\x01\x02\2\1A1", esm=UDHI),
            deliver_body(b"\6\x08\4\x01\x02\2\2A2", esm=UDHI),
        )
        assert "".join(o.listener.texts) == "A1A2"


async def ports_are_no_place_in_a_long_message() -> None:
    async with on_smsc() as o:
        await take_in(o, deliver_body(b"\6\5\4\x23\xf4\x23\xf4Hi", esm=UDHI))
        assert o.listener.texts == ["Hi"]


async def parts_of_two_senders_stay_apart() -> None:
    async with on_smsc() as o:
        await take_in(
            o,
            deliver_body(b"\5\0\3\7\2\1A1", esm=UDHI, source=b"111"),
            deliver_body(b"\5\0\3\7\2\2B2", esm=UDHI, source=b"222"),
        )
        assert [part.sender for part in o.listener.parts] == ["111", "222"]


async def emoji_across_two_parts_survives() -> None:
    async with on_smsc() as o:
        await take_in(
            o,
            deliver_body(b"\5\0\3\7\2\1\xd8<", esm=UDHI, coding=8),
            deliver_body(b"\5\0\3\7\2\2\xdf\x89", esm=UDHI, coding=8),
        )
        payload = b"".join(part.payload for part in o.listener.parts)
        assert decode(payload, Coding.UCS2) == "🎉"


async def parts_from_ten_on_keep_their_order() -> None:
    async with on_smsc() as o:
        bodies = [
            deliver_body(b"\5\0\3\7\x0b" + bytes((n, 0x40 + n)), esm=UDHI)
            for n in range(1, 12)
        ]
        await take_in(o, *bodies)
        assert "".join(o.listener.texts) == "ABCDEFGHIJK"


async def receipt_with_seconds_in_its_dates_is_read() -> None:
    text = (
        b"id:5 sub:001 dlvrd:001 submit date:261123120000 "
        b"done date:261123120100 stat:UNDELIV err:1F text:"
    )
    async with on_smsc() as o:
        await submit(o, lambda n: pdu(RESPONSE | SUBMIT, 0, n, b"5\0"))
        await take_in(o, deliver_body(text, esm=4))
        assert o.listener.told == [SendState.ACCEPTED, SendState.FAILED]
        assert len(o.smsc.binds) == 1


FAULTS: list[tuple[Callable[[], Awaitable[None]], str | None]] = [
    (vendors_status_is_told, "own reading of packets"),
    (unknown_command_is_refused_and_forgotten, "own reading of packets"),
    (unknown_answer_is_forgotten, "own reading of packets"),
    (data_sm_is_not_taken_for_delivered, "own reading of packets"),
    (refused_bind_without_a_body_is_told, "own reading of packets"),
    (bind_answer_without_nul_binds, "own reading of packets"),
    (already_bound_is_not_bound, "own reading of packets"),
    (impossible_length_ends_the_link_at_once, "own reading of packets"),
    (sixteen_bit_reference_is_read, "own reading of deliver_sm"),
    (ports_are_no_place_in_a_long_message, "own reading of deliver_sm"),
    (parts_of_two_senders_stay_apart, "own reading of deliver_sm"),
    (emoji_across_two_parts_survives, "own reading of deliver_sm"),
    (parts_from_ten_on_keep_their_order, "own reading of deliver_sm"),
    (receipt_with_seconds_in_its_dates_is_read, "own reading of deliver_sm"),
    (nack_finds_its_message, "own matching of answers"),
    (message_id_beyond_ascii_is_an_answer, "own matching of answers"),
    (nothing_is_kept_of_what_was_sent, "own matching of answers"),
    (half_open_link_is_given_up_in_simulated_time, "own keeper"),
    (link_is_hung_up, "hanging up"),
]


@pytest.mark.parametrize("scene", [scene for scene, _ in FAULTS])
async def test_fault_is_closed(scene: Callable[[], Awaitable[None]]) -> None:
    await scene()


@pytest.mark.parametrize(("scene", "what"), FAULTS)
async def test_fault_is_there_without_the_subclass(
    scene: Callable[[], Awaitable[None]], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smsc_module, "WAIT_SECONDS", 0.3)
    take_off(monkeypatch, what)
    with pytest.raises(RED):
        await scene()
    while LEFT_OPEN:
        if writer := LEFT_OPEN.pop():
            writer.transport.abort()


class Listening(logging.Handler):
    """Keeps what is logged."""

    lines: list[str]

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.mark.parametrize("silenced", [True, False])
async def test_texts_and_numbers_are_not_logged(
    silenced: bool, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    lines: list[str] = []
    monkeypatch.setattr(Listening, "lines", lines, raising=False)
    monkeypatch.setattr(logging, "NullHandler", Listening)
    if not silenced:
        monkeypatch.setattr(smpp_link, "_NO_LOG", logging.DEBUG)
    async with on_smsc() as o:
        await submit(o, lambda n: pdu(RESPONSE | SUBMIT, 0, n, b"5\0"))
        o.smsc.send(pdu(DELIVER, 0, 7, deliver_body(coding=0x0B)))
        await o.smsc.next()
    assert bool(lines) is not silenced
    assert "491511" not in capfd.readouterr().err
