"""The simulated GoIP's lossy way to its SMS server, and what moves its lines elsewhere."""

import asyncio
from collections import Counter
from functools import partial
from random import Random
from typing import Any

import pytest

from .core.clock import Clock
from .core.journal import Entry
from .goip import GoipBox, GoipOptions
from .raw_goip import advance, goip
from .raw_udp import RawServer
from .test_goip_udp_push import greeted


async def test_way_that_loses_everything() -> None:
    async with (
        RawServer() as server,
        goip(lines=1, udp_server=server.address, udp_loss=1.0) as box,
    ):
        await box.receive(1, "+7999", "hello")
        await box.journal.wait_for_kind("fault_hit", dialogue="RECEIVE")
        await advance(box, 9)
        (lost,) = box.journal.entries("sms_lost", how="udp")
        assert lost["datagrams_through"] == 0
        assert not box.journal.entries("sms_handed_over")
        assert server.nothing()
        assert server.keepalives.empty()
        hits = box.journal.entries("fault_hit", dialogue="RECEIVE")
        assert [hit["attempt"] for hit in hits] == [1, 2, 3]
        assert hits[0].fields == {
            "fault": "udp_loss",
            "dialogue": "RECEIVE",
            "packet": lost["recvid"],
            "attempt": 1,
            "id": 1,
            "part": 1,
            "total": 1,
            "recvid": lost["recvid"],
            "port": "udp",
            "direction": "out",
        }


async def test_everything_comes_twice_on_both_ways() -> None:
    async with (
        RawServer() as server,
        goip(lines=1, udp_server=server.address, udp_double=1.0) as box,
    ):
        assert await server.keepalive() == await server.keepalive()
        await box.receive(1, "+7999", "hello")
        assert await server.text() == await server.text()
        assert len(box.journal.entries("sms_handed_over")) == 1
        server.tell(b"RECEIVE 1783791068 OK")
        await box.journal.wait_for_kind("fault_hit", direction="in", dialogue="RECEIVE")
        await box.journal.wait_for_kind("sms_acknowledged")
        assert server.nothing()


async def test_datagram_that_the_next_one_overtakes() -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await greeted(server, box)
        await box.option("udp_reorder", "1")
        await box.push(1, "CGATT")
        await box.journal.wait_for_kind("fault_hit", fault="udp_reorder")
        assert not box.journal.entries("udp_push")
        await box.option("udp_reorder", "0")
        await box.push(1, "BCCH")
        assert (await server.text()).startswith(b"BCCH:")
        assert (await server.text()).startswith(b"CGATT:")


async def test_datagram_that_nothing_overtakes_is_late() -> None:
    async with (
        RawServer() as server,
        goip(lines=1, udp_server=server.address, udp_reorder=1.0) as box,
    ):
        await box.receive(1, "+7999", "hello")
        await box.journal.wait_for_kind("fault_hit", dialogue="RECEIVE")
        assert server.nothing()
        await advance(box, 0.5)
        assert (await server.text()).endswith(b"msg:hello")


async def hits_of_a_run(seed: int) -> list[tuple[Any, ...]]:
    """Return what a bad way does to the first minutes of a line."""
    rates: dict[str, Any] = {"udp_loss": 0.2, "udp_double": 0.1, "udp_reorder": 0.1}
    async with (
        RawServer(greets=False) as server,
        goip(lines=1, udp_server=server.address, udp_seed=seed, **rates) as box,
    ):
        for number in range(20):
            await box.receive(1, "+7999", f"number {number}")
        for _ in range(20):
            await advance(box, 3)
        return [
            (
                hit["fault"],
                hit["dialogue"],
                hit.fields.get("id"),
                hit.fields.get("attempt"),
            )
            for hit in box.journal.entries("fault_hit")
        ]


async def test_same_seed_same_luck() -> None:
    one = await hits_of_a_run(7)
    assert one == await hits_of_a_run(7)
    assert one != await hits_of_a_run(8)
    assert {hit[0] for hit in one} == {"udp_loss", "udp_double", "udp_reorder"}


async def test_rates_over_many_datagrams() -> None:
    async with RawServer(acknowledges=True) as server:
        options = GoipOptions(
            udp_server=server.address, udp_loss=0.2, udp_double=0.1, udp_tries=4
        )
        async with GoipBox(options, clock=Clock(scale=60)) as box:
            numbers = [
                await box.receive(1 + number % 2, "+7999", f"number {number}")
                for number in range(600)
            ]
            for number in numbers:
                await box.journal.wait_for(partial(_is_over, number))
            lost = box.journal.entries("sms_lost", how="udp")
            handed = box.journal.entries("sms_handed_over", how="udp RECEIVE")
            hits = Counter(
                (hit["fault"], hit["direction"])
                for hit in box.journal.entries("fault_hit", dialogue="RECEIVE")
            )
        unheard = {entry["id"] for entry in lost if entry["datagrams_through"] == 0}
        assert {entry["id"] for entry in handed} == set(numbers) - unheard
        sent = len(handed) + hits["udp_loss", "out"]
        assert 0.15 < hits["udp_loss", "out"] / sent < 0.25
        assert 0.07 < hits["udp_double", "out"] / len(handed) < 0.13
        assert hits["udp_loss", "in"] > 60


def _is_over(number: int, entry: Entry) -> bool:
    """Tell whether an entry is the end of an SMS for UDP."""
    ways = {"sms_acknowledged": "udp RECEIVE", "sms_lost": "udp"}
    way = ways.get(entry.kind)
    return way is not None and (entry["id"], entry["how"]) == (number, way)


@pytest.mark.parametrize(("direction", "through"), [("out", 0), ("in", 1)])
async def test_next_datagram_of_a_verb_is_lost(direction: str, through: int) -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await greeted(server, box)
        await box.udp_lose("RECEIVE", direction=direction)
        await box.push(1, "CGATT")
        assert (await server.text()).startswith(b"CGATT:")
        await box.receive(1, "+7999", "hello")
        if direction == "in":
            await server.text()
            server.tell(b"RECEIVE 1783791068 OK")
        hit = await box.journal.wait_for_kind("fault_hit", fault="udp_lose")
        assert (hit["dialogue"], hit["direction"]) == ("RECEIVE", direction)
        handed = box.journal.entries("sms_handed_over", how="udp RECEIVE")
        assert len(handed) == through
        assert box.state()["pending"]["faults"] == 0
        await advance(box, 3)
        await server.text()  # CGATT again
        assert (await server.text()).endswith(b"msg:hello")


async def test_lost_reg_and_a_loss_on_another_line() -> None:
    async with RawServer() as server, goip(lines=2) as box:
        await box.udp_lose("reg", line=2, direction="in")
        assert box.state()["pending"]["faults"] == 1
        await box.option("udp_server", server.address)
        await box.journal.wait_for_kind("fault_hit", dialogue="reg", line=2)
        await box.journal.wait_for_kind("login", line=1)
        assert not box.journal.entries("login", line=2)
        await box.udp_lose("req", times=3)
        assert await box.calm() == 3


async def test_new_port_before_the_next_keepalive() -> None:
    async with RawServer() as server, goip(udp_server=server.address) as box:
        await greeted(server, box)
        old = server.lines["goip1"]
        await box.udp_port_change(1)
        await box.receive(1, "+7999", "hello")
        _, new = await server.packet()
        assert (new[0], new != old) == ("127.0.0.1", True)
        assert box.state()["lines"][0]["udp"]["source"] == f"{new[0]}:{new[1]}"
        server.send(b"RECEIVE 1783791068 OK", old)
        await advance(box, 3)
        assert (await server.packet())[1] == new
        server.send(b"RECEIVE 1783791068 OK", new)
        await box.journal.wait_for_kind("sms_acknowledged")
        await advance(box, 27)
        seen = dict([await _line_of(server) for _ in range(4)])
        assert seen[b"id:goip1"] == new


async def _line_of(server: RawServer) -> tuple[bytes, tuple[str, int]]:
    """Return the id of the next keepalive and where it came from."""
    data, sender = await server.keepalive()
    return data.split(b";")[1], sender


async def test_box_moves_to_another_address_and_stays_there() -> None:
    async with RawServer() as server, goip(lines=2, udp_server=server.address) as box:
        await greeted(server, box)
        await box.udp_address("127.0.0.3")
        await advance(box, 30)
        assert {(await server.keepalive())[1][0] for _ in range(2)} == {"127.0.0.3"}
        await box.power(False)
        await box.power(True)
        assert {(await server.keepalive())[1][0] for _ in range(2)} == {"127.0.0.3"}
        with pytest.raises(ValueError, match="not a loopback address"):
            await box.udp_address("10.0.0.1")


async def test_box_that_hangs_says_and_hears_nothing_and_wakes() -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await greeted(server, box)
        await box.receive(1, "+7999", "hello")
        first = await server.text()
        await box.hang(True)
        server.tell(b"RECEIVE 1783791068 OK")
        hit = await box.journal.wait_for_kind("fault_hit", fault="hang")
        assert (hit["dialogue"], hit["direction"]) == ("RECEIVE", "in")
        await advance(box, 60)
        assert server.nothing()
        assert server.keepalives.empty()
        await box.hang(False)
        assert await server.text() == first
        await server.keepalive()
        assert not box.journal.entries("sms_lost", how="udp")


async def test_hang_of_one_port_leaves_udp_alone() -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await greeted(server, box)
        await box.hang(True, port="http")
        await advance(box, 30)
        await server.keepalive()


async def test_box_that_vanishes_and_comes_back() -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await greeted(server, box)
        await box.receive(1, "+7999", "hello")
        await server.text()
        await box.half_open(seconds=60)
        assert box.journal.entries("sms_lost", how="udp", reason="power")
        await advance(box, 59)
        assert server.keepalives.empty()
        await advance(box, 1)
        assert (await server.keepalive())[0].startswith(b"req:1;")


async def test_any_octets_at_all() -> None:
    dice = Random(5)
    words = [b"MSG 1 5", b"PASSWORD", b"RECEIVE", b"9" * 5000, b"OK", b"USSD", b"reg:"]
    words += [b"\0\xff", b";", b":", b"\n", b"-1", b"SEND 1 1", b"get_imei 7 goip", b""]
    broken: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: broken.append(context))
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await greeted(server, box)
        for _ in range(500):
            server.tell(b" ".join(dice.choices(words, k=dice.randint(0, 4))))
            await asyncio.sleep(0)
        await box.push(1, "CGATT")
        while not (await server.text()).startswith(b"CGATT:"):
            pass
        server.tell(b"CGATT 1783791068 OK")
        await box.journal.wait_for_kind("udp_push", event="acknowledged")
    assert not broken
