"""Calls that come in on the simulated GoIP."""

import pytest

from .raw_goip import advance, get, goip
from .raw_udp import RawServer
from .test_goip_udp_push import greeted

WHO = b":1783791068;id:goip1;password:goip;"
SECOND = b":1783791067;id:goip1;password:goip;"


async def test_call_rings_and_the_caller_hangs_up() -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await box.call(1, "+7999")
        assert (
            await server.text() == b"STATE" + WHO + b"gsm_remain_state:INCOMING:+7999;"
        )
        assert await server.text() == b"RECORD" + WHO + b"dir:1;num:+7999;"
        assert box.state()["lines"][0]["call"] == "INCOMING:+7999"
        assert b"l1_line_state>INCOMING<" in await get(box, "status.xml?type=list")
        await box.hangup(1)
        assert await server.text() == (
            b"HANGUP" + WHO + b"num:+7999,cause:Normal call clearing;"
        )
        assert await server.text() == b"STATE" + SECOND + b"gsm_remain_state:IDLE;"
        assert [entry.fields for entry in box.journal.entries("call")] == [
            {"event": "incoming", "number": "+7999"},
            {
                "event": "ended",
                "number": "+7999",
                "by": "caller",
                "cause": "Normal call clearing",
            },
        ]


async def test_record_comes_twice() -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await box.call(1, "+7999", record_twice=True)
        await server.text()
        assert await server.text() == b"RECORD" + WHO + b"dir:1;num:+7999;"
        assert await server.text() == b"RECORD" + SECOND + b"dir:1;num:+7999;"


async def test_call_rings_for_a_minute() -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await greeted(server, box)
        await box.call(1, "+7999")
        for verb in (b"STATE", b"RECORD"):
            assert (await server.text()).startswith(verb)
            server.tell(verb + b" 1783791068 OK")
            await box.journal.wait_for_kind(
                "udp_push", event="acknowledged", verb=verb.decode()
            )
        await advance(box, 59)
        assert server.nothing()
        await advance(box, 1)
        assert (await server.text()).startswith(b"HANGUP:")


@pytest.mark.parametrize("by", ["network", "module", "sim_out", "power"])
async def test_what_else_ends_a_call(by: str) -> None:
    async with goip(lines=1) as box:
        await box.call(1, "+7999")
        ends = {
            "network": lambda: box.network(1, False),
            "module": lambda: box.module(1, False),
            "sim_out": lambda: box.remove_sim(1),
            "power": lambda: box.power(False),
        }
        await ends[by]()
        (entry,) = box.journal.entries("call", event="ended")
        assert entry["by"] == by
        assert box.state()["lines"][0]["call"] == "IDLE"


async def test_calls_that_cannot_be() -> None:
    async with goip(lines=2, sims=1) as box:
        with pytest.raises(ValueError, match="line 1 has no call"):
            await box.hangup(1)
        with pytest.raises(ValueError, match="line 2 is not in the network"):
            await box.call(2, "+7999")
        await box.call(1, "+7999")
        with pytest.raises(ValueError, match="line 1 has a call already"):
            await box.call(1, "+7888")
