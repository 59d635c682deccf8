"""Cutting and reading AMI blocks, from literal bytes."""

from itertools import batched

from panoramisk.message import Message
import pytest

from custom_components.gsm_gateway.gateways.yeastar.ami_blocks import (
    BUFFER_LIMIT,
    BlockReader,
    NotAsteriskError,
    read_block,
)

BANNER = b"Asterisk Call Manager/1.1\r\n"
EVENT = (
    b"Event: UpdateSMSSend\r\nPrivilege: all,smscommand\r\nID: 11111\r\n"
    b"Smsc: +22670900505\r\nStatus: 1\r\n--END SMS EVENT--\r\n\r\n"
)
PONG = b"Response: Success\r\nPing: Pong\r\n\r\n"
HEAD = b"Response: Follows\r\nPrivilege: SMSCommand\r\nActionID: a/1\r\n"
BODY = b"1:Received USSD success on span: 3\n\tUSSD Code: 15\n"
END = b"--END COMMAND--\r\n\r\n"
LAST_AT = rb"Last send AT: AT+CREG?\r\n--END COMMAND--" + b"\r\n\r\n"


def messages(*writes: bytes) -> list[Message]:
    """Return what a box says in these TCP writes after its greeting."""
    reader = BlockReader()
    blocks = [block for write in (BANNER, *writes) for block in reader.feed(write)]
    return [m for block in blocks if (m := read_block(block)) is not None]


def summary(*writes: bytes) -> list[str]:
    """Return the events by name and the answers by content."""
    return [
        str(m.get("Event") or m.get("content", m.get("Response")))
        for m in messages(*writes)
    ]


def feed_all(reader: BlockReader, *writes: bytes) -> None:
    """Feed these TCP writes."""
    for write in writes:
        list(reader.feed(write))


STREAMS = {
    "answer": (HEAD + BODY + END, [BODY.decode().strip()]),
    "no body": (HEAD + END, [""]),
    "ActionID first": (
        b"ActionID: a/1\r\nResponse: Follows\r\nPrivilege: SMSCommand\r\n\n" + END,
        [""],
    ),
    "glued end mark": (
        HEAD + b"State: READY\n" + LAST_AT,
        ["State: READY\n" + r"Last send AT: AT+CREG?\r\n"],
    ),
    "answer after a pong": (PONG + HEAD + BODY + END, ["Success", BODY.decode()[:-1]]),
    "answer after a bare success": (
        b"Response: Success\r\n\r\n" + HEAD + b"x\n" + END,
        ["Success", "x"],
    ),
    "event before": (EVENT + HEAD + BODY + END, ["UpdateSMSSend", BODY.decode()[:-1]]),
    "event behind": (HEAD + BODY + END + EVENT, [BODY.decode()[:-1], "UpdateSMSSend"]),
    "event between head and body": (
        HEAD + EVENT + EVENT + BODY + END,
        ["UpdateSMSSend", "UpdateSMSSend", BODY.decode()[:-1]],
    ),
    "event in the body": (
        HEAD + BODY + EVENT + b"\tUSSD Message: x\n" + END,
        ["UpdateSMSSend", BODY.decode() + "\tUSSD Message: x"],
    ),
    "blank line in the body": (HEAD + b"a\r\n\r\nb\n" + END, ["a\r\n\r\nb"]),
    "blank lines between blocks": (
        b"\r\n\r\n" + EVENT + b"\r\n" + PONG,
        ["UpdateSMSSend", "Success"],
    ),
    "neither answer nor event": (b"Nonsense\r\n\r\n" + PONG, ["Success"]),
}


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 40, 10_000])
def test_blocks_come_out_the_same_however_they_are_cut(name: str, size: int) -> None:
    data, expected = STREAMS[name]
    writes = [bytes(piece) for piece in batched(data, size, strict=False)]
    assert summary(*writes) == expected


def test_an_event_in_an_unfinished_answer_is_not_kept_back() -> None:
    assert summary(HEAD, EVENT) == ["UpdateSMSSend"]


def test_an_event_without_its_start_in_a_body_stays_text() -> None:
    body = b"--END SMS EVENT--\r\n\r\nEvent: none\n"
    assert summary(HEAD + body + END) == [body.decode().strip()]


def test_headers_are_found_by_name_whatever_their_case() -> None:
    (message,) = messages(b"response: Success\r\nACTIONID: a/1\r\nPing: Pong\r\n\r\n")
    assert (message.success, message.action_id, message["ping"]) == (
        True,
        "a/1",
        "Pong",
    )


def test_of_a_header_that_comes_twice_the_first_counts() -> None:
    event, answer = messages(
        b"Event: A\r\nContent: 1\r\ncontent: 2\r\nEVENT: B\r\n\r\n",
        b"Response: Follows\r\nActionID: a/1\r\nActionID: a/2\r\nbody\n" + END,
    )
    assert (event["event"], event["content"]) == ("A", "1")
    assert (answer.action_id, answer.content) == ("a/1", "body")


def test_the_action_of_an_answer_is_known_wherever_it_stands() -> None:
    for head in (
        b"ActionID: a/1\r\nResponse: Follows\r\nPrivilege: SMSCommand\r\n",
        b"Response: Follows\r\nActionID: a/1\r\nPrivilege: SMSCommand\r\n",
        b"Response: Follows\r\nPrivilege: SMSCommand\r\nActionID: a/1\r\n",
    ):
        (message,) = messages(head + b"body\n" + END)
        assert (message.action_id, message.content) == ("a/1", "body")


@pytest.mark.parametrize(
    "greeting",
    [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.0 400 Bad Request\r\n", b"\r\n", b"Ast\r\n"],
)
def test_another_greeting_is_told_at_its_first_wrong_byte(greeting: bytes) -> None:
    reader = BlockReader()
    with pytest.raises(NotAsteriskError) as raised:
        feed_all(reader, *(bytes([byte]) for byte in greeting))
    assert greeting.startswith(raised.value.args[0])


@pytest.mark.parametrize("start", [b"Asterisk Call Manager/", BANNER, BANNER + HEAD])
def test_what_never_ends_is_not_kept_for_ever(start: bytes) -> None:
    reader = BlockReader()
    feed_all(reader, start)
    with pytest.raises(OverflowError):
        feed_all(reader, *[b"x" * 65536] * (BUFFER_LIMIT // 65536 + 1))


@pytest.mark.parametrize(
    "line", [b"\r\n\r\n", b"--END SMS EVENT--\r\n\r\n", b"\nEvent: "]
)
@pytest.mark.timeout(20)
def test_a_hostile_answer_takes_no_hostile_time(line: bytes) -> None:
    reader = BlockReader()
    feed_all(reader, BANNER + HEAD)
    with pytest.raises(OverflowError):
        feed_all(reader, *[(line * 1000)[:1000]] * (BUFFER_LIMIT // 1000 + 10))


@pytest.mark.parametrize("head", [b"Event: A\r\n", HEAD])
@pytest.mark.timeout(20)
def test_a_header_without_number_takes_no_hostile_time(head: bytes) -> None:
    (message,) = messages(head + b"Message: 1\r\n" * 80_000 + END)
    assert message["message"] == "1"
