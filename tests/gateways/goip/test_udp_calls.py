"""Voice calls, each told once, whichever packets speak of them and in whatever order."""

import pytest

from custom_components.gsm_gateway.gateways.model import IncomingCall

from .udp_peer import OnUdp, on_udp

RINGS = ("STATE", "gsm_remain_state:INCOMING:+79991234567")
RECORD = ("RECORD", "dir:1;num:+79991234567")
HANGUP = ("HANGUP", "num:+79991234567,cause:Normal call clearing")
IDLE = ("STATE", "gsm_remain_state:IDLE")
ANSWERED = ("STATE", "gsm_remain_state:CONNECTED:+79991234567")
OUTGOING = ("RECORD", "dir:2;num:+79991234567")
DIALS = ("STATE", "gsm_remain_state:DIALING:+79991234567")
OTHER = ("STATE", "gsm_remain_state:INCOMING:+79997654321")
WITHHELD = ("STATE", "gsm_remain_state:INCOMING:")
NATIONAL = ("RECORD", "dir:1;num:89991234567")
CALLER = "+79991234567"


async def push(o: OnUdp, *packets: tuple[str, str]) -> None:
    """Push packets, each with a number of its own, and have them taken."""
    for number, (verb, tail) in enumerate(packets, 100):
        o.peer.push(f"{verb}:{number}", tail)
        assert await o.peer.next() == f"{verb} {number} OK\n".encode()


@pytest.mark.parametrize(
    "packets",
    [
        (RINGS,),
        (RECORD,),
        (RINGS, RECORD, HANGUP, IDLE),
        (RECORD, RINGS, IDLE, HANGUP),
        (RINGS, RECORD, RECORD, HANGUP, IDLE),
        (RINGS, ANSWERED, RECORD, RECORD, IDLE),
        (RINGS, IDLE, RECORD),
        (RINGS, HANGUP, RECORD, RECORD, IDLE),
        (RINGS, RINGS, RECORD),
        (RINGS, NATIONAL),
        (IDLE, HANGUP, RINGS, RECORD),
    ],
)
async def test_one_ring_is_one_call(packets: tuple[tuple[str, str], ...]) -> None:
    async with on_udp(scale=1) as o:
        await push(o, *packets)
        (call,) = o.listener.calls
        assert call.channel == 1
        assert call.caller[-10:] == CALLER[-10:]


@pytest.mark.parametrize(
    ("packets", "callers"),
    [
        ((RINGS, RECORD, HANGUP, IDLE, RINGS, RECORD), [CALLER, CALLER]),
        ((RINGS, IDLE, RINGS), [CALLER, CALLER]),
        ((RINGS, OTHER), [CALLER, "+79997654321"]),
        ((OUTGOING, DIALS, ANSWERED, HANGUP, IDLE), []),
        ((WITHHELD, IDLE), [""]),
        ((WITHHELD, RECORD, IDLE), [""]),
    ],
)
async def test_other_rings_are_other_calls(
    packets: tuple[tuple[str, str], ...], callers: list[str]
) -> None:
    async with on_udp(scale=1) as o:
        await push(o, *packets)
        expected = [IncomingCall(channel=1, caller=each) for each in callers]
        assert o.listener.calls == expected


async def test_packets_that_are_repeated_count_once() -> None:
    async with on_udp(scale=1) as o:
        for packets in ((RINGS, RECORD, HANGUP, IDLE),) * 3:
            await push(o, *packets)
        assert len(o.listener.calls) == 1
