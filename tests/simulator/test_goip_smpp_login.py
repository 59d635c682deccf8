"""Logins and links of the simulated GoIP's SMPP server, octet by octet."""

import pytest

from .raw_goip import RawSmpp, advance, goip

BIND = "00000021 00000009 00000000 00000001676f6970303100 676f697000 00 34 00 00 00"
"""bind_transceiver, sequence 1, system_id goip01, password goip, version 3.4."""
ENQUIRE_LINK = "00000010 00000015 00000000 00000007"
ENQUIRE_LINK_RESP = "00000010 80000015 00000000 00000007"


async def test_bind_of_one_line() -> None:
    async with goip() as box:
        client = await RawSmpp.connect(box)
        await client.hex(BIND)
        assert await client.raw() == bytes.fromhex(
            "00000017 80000009 00000000 00000001 676f6970303100"
        )
        (entry,) = box.journal.entries("login")
        assert (entry.line, entry["user"]) == (1, "goip01")


async def test_bind_answer_without_its_nul() -> None:
    """As captured on a wire: 25 octets for goipsms04 (Q20)."""
    async with goip(smpp_id="goipsms", smpp_missing_nul=True) as box:
        client = await RawSmpp.connect(box)
        await client.bind(b"goipsms04")
        assert await client.raw() == bytes.fromhex(
            "00000019 80000009 00000000 00000001 676f6970736d733034"
        )


@pytest.mark.parametrize(
    ("command", "answer"), [(1, 0x80000001), (2, 0x80000002), (9, 0x80000009)]
)
async def test_the_three_binds_and_the_whole_box(command: int, answer: int) -> None:
    async with goip() as box:
        client = await RawSmpp.connect(box)
        await client.bind(b"goip", command)
        assert await client.pdu() == (answer, 0, 1, b"goip\0")
        assert box.journal.entries("login")[0].line is None


@pytest.mark.parametrize(
    ("system_id", "password", "status"),
    [
        (b"goip01", b"wrong", 0x0E),
        (b"goip09", b"goip", 0x0F),
        (b"goip1", b"goip", 0x0F),
        (b"other", b"goip", 0x0F),
        (b"goip01", b"nine chars", 0x0D),
        (b"sixteen letters!", b"goip", 0x0D),
    ],
)
async def test_refused_bind_has_no_body(
    system_id: bytes, password: bytes, status: int
) -> None:
    async with goip() as box:
        client = await RawSmpp.connect(box)
        await client.bind(system_id, password=password)
        assert await client.raw() == bytes.fromhex(
            f"00000010 80000009 000000{status:02x} 00000001"
        )
        await client.hex(ENQUIRE_LINK)
        assert await client.raw() == bytes.fromhex(ENQUIRE_LINK_RESP)


async def test_refused_bind_with_a_body() -> None:
    async with goip(smpp_refusal_body=True) as box:
        client = await RawSmpp.connect(box)
        await client.bind(b"goip01", password=b"wrong")
        assert await client.pdu() == (0x80000009, 0x0E, 1, b"goip01\0")


async def test_refused_by_command() -> None:
    async with goip() as box:
        await box.refuse_logins(1)
        client = await RawSmpp.connect(box)
        await client.bind(b"goip01")
        assert (await client.pdu())[1] == 0x0E
        await client.bind(b"goip01")
        assert (await client.pdu())[1] == 0


@pytest.mark.parametrize(("taken", "status"), [(True, 0), (False, 0x0D)])
async def test_version_33(taken: bool, status: int) -> None:
    async with goip(smpp_version_33=taken) as box:
        client = await RawSmpp.connect(box)
        await client.hex(BIND.replace("00 34 00", "00 33 00"))
        assert (await client.pdu())[1] == status


async def test_enquire_link_and_unbind() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await client.hex(ENQUIRE_LINK)
        assert await client.raw() == bytes.fromhex(ENQUIRE_LINK_RESP)
        await client.hex("00000010 00000006 00000000 00000008")
        assert await client.raw() == bytes.fromhex(
            "00000010 80000006 00000000 00000008"
        )
        assert await client.end() == b""


async def test_packets_in_pieces_and_together() -> None:
    async with goip() as box:
        client = await RawSmpp.connect(box)
        together = bytes.fromhex(BIND + ENQUIRE_LINK)
        for at in range(0, len(together), 7):
            await client.send(together[at : at + 7])
        assert (await client.pdu())[0] == 0x80000009
        assert (await client.pdu())[0] == 0x80000015


async def test_unknown_command() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await client.hex("00000010 00000003 00000000 00000005")
        assert await client.pdu() == (0x80000000, 0x03, 5, b"")


@pytest.mark.parametrize("length", ["0000000f", "00000000", "7fffffff"])
async def test_impossible_length(length: str) -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await client.hex(length + "00000015 00000000 00000005")
        assert await client.pdu() == (0x80000000, 0x02, 0, b"")
        assert await client.end() == b""


async def test_submit_before_bind_and_as_receiver() -> None:
    async with goip() as box:
        client = await RawSmpp.connect(box)
        await client.submit(b"")
        assert await client.pdu() == (0x80000004, 0x04, 2, b"")
        receiver = await RawSmpp.bound(box, command=1)
        await receiver.submit(b"")
        assert await receiver.pdu() == (0x80000004, 0x04, 2, b"")


async def test_idle_link_is_dropped() -> None:
    async with goip(smpp_idle_seconds=30.0) as box:
        client = await RawSmpp.bound(box)
        await advance(box, 29)
        await client.hex(ENQUIRE_LINK)
        assert (await client.pdu())[0] == 0x80000015
        await advance(box, 29)
        assert len(box.smpp.sessions) == 1
        await advance(box, 2)
        assert await client.end() == b""
        assert box.journal.entries("connection", event="dropped as idle")


async def test_second_bind_is_refused() -> None:
    async with goip(smpp_second_bind="refuse") as box:
        await RawSmpp.bound(box)
        second = await RawSmpp.connect(box)
        await second.bind(b"goip01")
        assert await second.pdu() == (0x80000009, 0x05, 1, b"")


async def test_second_bind_replaces_the_first() -> None:
    async with goip(smpp_second_bind="replace") as box:
        first = await RawSmpp.bound(box)
        await RawSmpp.bound(box)
        assert await first.end() == b""
        assert len(box.smpp.sessions) == 1


@pytest.mark.parametrize(("way", "to_second"), [("both", True), ("older", False)])
async def test_second_bind_stands_beside_the_first(way: str, to_second: bool) -> None:
    async with goip(smpp_second_bind=way) as box:
        first = await RawSmpp.bound(box)
        second = await RawSmpp.bound(box)
        await box.receive(1, "+7999", "hello")
        assert (await first.pdu())[0] == 5
        await advance(box, 0)
        await second.hex(ENQUIRE_LINK)
        assert (await second.pdu())[0] == (5 if to_second else 0x80000015)


async def test_receiver_beside_a_transmitter() -> None:
    async with goip(smpp_second_bind="replace") as box:
        await RawSmpp.bound(box, command=1)
        await RawSmpp.bound(box, command=2)
        assert len(box.smpp.sessions) == 2


async def test_requests_of_the_boxs_own_and_injected_octets() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await box.smpp_request("enquire_link")
        assert await client.raw() == bytes.fromhex(
            "00000010 00000015 00000000 00000001"
        )
        assert await box.inject("0000001000000102000000000000000a", "goip01") == 1
        assert (await client.pdu())[:3] == (0x102, 0, 10)
        assert await box.inject("00", "goip02") == 0
