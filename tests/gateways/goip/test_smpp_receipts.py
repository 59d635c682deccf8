"""Delivery receipts of a GoIP's SMPP server, and answers that come late."""

import asyncio
from datetime import UTC, datetime

import pytest

from custom_components.gsm_gateway.gateways.goip.smpp_receipts import (
    Receipt,
    SentMessage,
    SentMessages,
    Spelling,
)
from custom_components.gsm_gateway.gateways.model import NoReply, SendState

from .bench import bench
from .smsc import RESPONSE, SUBMIT, OnSmsc, deliver_body, on_smsc, pdu

ACCEPTED, DELIVERED = SendState.ACCEPTED, SendState.DELIVERED
FAILED = SendState.FAILED


def receipt(message_id: str, state: str, error: str = "0", esm: int = 4) -> bytes:
    """Return a delivery receipt in the words of a GoIP."""
    text = (
        f"id:{message_id} sub:1 dlvrd:1 submit date:2611231200 "
        f"done date:2611231201 stat:{state} err:{error} Text:Hi"
    ).encode()
    head = b"\0\1\1491511234567\0\0\1goip01\0" + bytes((esm, 0, 0, 0, 0, 0, 0, 0, 0))
    return pdu(5, 0, 99, head + bytes((len(text),)) + text)


async def _submit(o: OnSmsc, message_id: bytes, token: str) -> None:
    """Send one SMS and let the box take it."""
    sending = asyncio.create_task(o.send("Hi", token=token))
    _, _, sequence, _ = await o.smsc.next()
    o.smsc.send(pdu(RESPONSE | SUBMIT, 0, sequence, message_id))
    await sending


async def test_silence_is_no_reply_and_a_late_answer_still_counts() -> None:
    async with on_smsc() as o:
        sending = asyncio.create_task(o.send("Hi"))
        _, _, sequence, _ = await o.smsc.next()
        with pytest.raises(NoReply):
            await sending
        o.smsc.send(pdu(RESPONSE | SUBMIT, 0, sequence, b"5\0"))
        await o.listener.until_reported(ACCEPTED)
        o.smsc.send(receipt("5", "DELIVRD"))
        await o.listener.until_reported(DELIVERED)
        assert [p[0] for p in o.smsc.heard].count(SUBMIT) == 1


async def test_late_refusal_is_a_failure() -> None:
    async with on_smsc() as o:
        sending = asyncio.create_task(o.send("Hi"))
        _, _, sequence, _ = await o.smsc.next()
        with pytest.raises(NoReply):
            await sending
        o.smsc.send(pdu(RESPONSE | SUBMIT, 0x45, sequence))
        await o.listener.until_reported(FAILED)


@pytest.mark.parametrize(
    ("state", "error", "reported"),
    [
        ("DELIVRD", "0", DELIVERED),
        ("UNDELIV", "501", FAILED),
        ("EXPIRED", "0", FAILED),
        ("REJECTD", "0", FAILED),
        ("DELETED", "0", FAILED),
    ],
)
@pytest.mark.parametrize("esm", [0x04, 0x20, 0x00])
async def test_receipt_reports_and_is_no_incoming_text(
    state: str, error: str, reported: SendState, esm: int
) -> None:
    async with on_smsc() as o:
        await _submit(o, b"12\0", "7")
        o.smsc.send(receipt("12", state, error, esm))
        assert await o.smsc.next() == (RESPONSE | 5, 0, 99, b"\0")
        report = await o.listener.until_reported(reported)
        assert report.token == "7"
        if error == "501":
            assert (report.code, report.reason) == (501, "UNDELIV err:501")
        assert o.listener.parts == []


@pytest.mark.parametrize("state", ["ENROUTE", "ACCEPTD", "UNKNOWN", "NONSENSE"])
async def test_receipt_that_changes_nothing_leaves_the_message_open(state: str) -> None:
    async with on_smsc() as o:
        await _submit(o, b"12\0", "7")
        o.smsc.send(receipt("12", state))
        await o.smsc.next()
        o.smsc.send(receipt("12", "DELIVRD"))
        await o.listener.until_reported(DELIVERED)
    assert o.listener.told == [ACCEPTED, DELIVERED]
    assert o.listener.parts == []


@pytest.mark.parametrize(
    ("ids", "told", "token"),
    [
        (["12"], "12", "0"),
        (["12"], "c", "0"),
        (["12"], "C", "0"),
        (["12"], "0000000C", "0"),
        (["c"], "12", "0"),
        (["12"], "18", "0"),
        (["0000000012"], "12", "0"),
        (["10", "16"], "10", "1"),
        (["16", "10"], "10", "1"),
        (["11", "16"], "10", "1"),
        (["msg-a", "msg-b"], "MSG-B", "1"),
        (["5", "6", "5"], "5", "2"),
        (["12"], "13", None),
    ],
)
async def test_receipt_is_matched_by_either_reading_of_its_id(
    ids: list[str], told: str, token: str | None
) -> None:
    """D7; an id that comes again means the newer message."""
    async with on_smsc() as o:
        for number, message_id in enumerate(ids):
            await _submit(o, message_id.encode() + b"\0", str(number))
        o.smsc.send(receipt(told, "DELIVRD"))
        assert (await o.smsc.next())[0] == RESPONSE | 5
        delivered = [r.token for r in o.listener.reports if r.state is DELIVERED]
    assert delivered == ([token] if token is not None else [])
    assert o.listener.parts == []


async def test_receipt_closes_its_message() -> None:
    async with on_smsc() as o:
        await _submit(o, b"10\0", "0")
        await _submit(o, b"16\0", "1")
        for _ in range(3):
            o.smsc.send(receipt("10", "DELIVRD"))
            await o.smsc.next()
        delivered = [r.token for r in o.listener.reports if r.state is DELIVERED]
    assert delivered == ["1", "0"]


async def test_receipt_of_an_earlier_runs_message_finds_it() -> None:
    async with on_smsc() as o:
        assert o.gateway.recaller is not None
        o.gateway.recaller.recall(1, "7", "12", datetime.now(UTC))
        o.smsc.send(receipt("12", "DELIVRD"))
        report = await o.listener.until_reported(DELIVERED)
        assert report.token == "7"


async def test_answer_tells_what_the_box_calls_the_message() -> None:
    async with on_smsc() as o:
        await _submit(o, b"12\0", "7")
        (report,) = o.listener.reports
        assert (report.state, report.box_key) == (ACCEPTED, "12")


async def test_newer_message_keeps_its_id() -> None:
    async with on_smsc() as o:
        await _submit(o, b"12\0", "8")
        assert o.gateway.recaller is not None
        o.gateway.recaller.recall(1, "7", "12", datetime.now(UTC))
        o.smsc.send(receipt("12", "DELIVRD"))
        report = await o.listener.until_reported(DELIVERED)
        assert report.token == "8"


async def test_second_receipt_of_a_message_is_no_incoming_text() -> None:
    async with on_smsc() as o:
        await _submit(o, b"12\0", "7")
        for _ in range(2):
            o.smsc.send(receipt("12", "DELIVRD", esm=0))
            await o.smsc.next()
    assert o.listener.told == [ACCEPTED, DELIVERED]
    assert o.listener.parts == []


@pytest.mark.parametrize(
    ("first_id", "first_told", "tokens"),
    [
        ("12", "12", ["0", "1"]),
        ("12", "c", ["0", "2"]),
        ("1f", "31", ["0", "2"]),
        ("5", "5", ["0", "2"]),
    ],
)
async def test_box_shows_once_how_it_spells_ids(
    first_id: str, first_told: str, tokens: list[str]
) -> None:
    """Only a message that could be meant in one way shows it; 5 is 5 either way."""
    async with on_smsc() as o:
        await _submit(o, first_id.encode() + b"\0", "0")
        o.smsc.send(receipt(first_told, "DELIVRD"))
        await o.smsc.next()
        await _submit(o, b"10\0" if first_told != "31" else b"16\0", "1")
        await _submit(o, b"16\0" if first_told != "31" else b"10\0", "2")
        o.smsc.send(receipt("10" if first_told != "31" else "16", "DELIVRD"))
        await o.smsc.next()
        delivered = [r.token for r in o.listener.reports if r.state is DELIVERED]
    assert delivered == tokens


def test_what_one_line_learns_of_the_spelling_all_know() -> None:
    spelling = Spelling()
    teacher, line = SentMessages(spelling), SentMessages(spelling)
    teacher.add("12", "0")
    assert teacher.find(Receipt("12", "DELIVRD")) == SentMessage("0")
    line.add("273", "1")
    line.add("111", "2")  # 273, were it hexadecimal
    assert line.find(Receipt("273", "DELIVRD")) == SentMessage("1")


def test_message_that_is_open_for_long_takes_no_receipt_of_a_new_one() -> None:
    line = SentMessages(Spelling())
    line.recall("54", "0")  # 84, were it hexadecimal
    line.add("84", "1")
    assert line.find(Receipt("84", "DELIVRD")) == SentMessage("1")


async def test_message_id_without_its_nul_is_read_whole() -> None:
    async with on_smsc() as o:
        await _submit(o, b"1234", "7")
        o.smsc.send(receipt("1234", "DELIVRD"))
        await o.listener.until_reported(DELIVERED)


async def test_receipt_right_behind_the_answer_finds_its_message() -> None:
    async with on_smsc() as o:
        sending = asyncio.create_task(o.send("Hi"))
        _, _, sequence, _ = await o.smsc.next()
        answer = pdu(RESPONSE | SUBMIT, 0, sequence, b"12\0")
        o.smsc.send(answer + receipt("12", "DELIVRD"))
        await sending
        await o.listener.until_reported(DELIVERED)
    assert o.listener.told == [ACCEPTED, DELIVERED]


@pytest.mark.parametrize("response_id", ["decimal", "hex"])
@pytest.mark.parametrize("receipt_id", ["decimal", "hex"])
@pytest.mark.parametrize("enroute", [True, False])
async def test_receipts_of_the_simulated_box(
    response_id: str, receipt_id: str, enroute: bool
) -> None:
    async with bench(
        "seed",
        smpp=True,
        smpp_response_id=response_id,
        smpp_receipt_id=receipt_id,
        smpp_first_id=10,
        smpp_enroute=enroute,
    ) as b:
        await b.box.fail_send(2, error="38")
        await b.send("one", channel=1, serial=1)
        await b.send("two", channel=2, serial=2)
        delivered = await b.listener.until_reported(DELIVERED)
        failed = await b.listener.until_reported(FAILED)
    assert (delivered.token, failed.token, failed.code) == ("1", "2", 38)
    assert b.listener.parts == []


async def test_box_without_receipts_reaches_accepted() -> None:
    async with bench(smpp=True, smpp_receipts="never") as b:
        await b.send("Hi")
        assert (await b.box.journal.wait_for_kind("sms_on_air"))["text"] == "Hi"
    assert b.listener.told == [ACCEPTED]


async def test_text_under_the_mark_of_a_receipt_is_a_message() -> None:
    async with on_smsc() as o:
        o.smsc.deliver(deliver_body(b"Hello", esm=4))
        await o.listener.until_seen(lambda r: r.parts)
        assert [part.payload for part in o.listener.parts] == [b"Hello"]
