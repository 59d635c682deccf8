"""How a simulated TG puts answers and events together and cuts them into writes."""

from typing import Any

import pytest

from .core.clock import ManualClock
from .raw_ami import END, LOGIN, RawAmi, box_and_login, login
from .yeastar import YeastarBox, YeastarOptions

SPANS = b"Action: smscommand\r\nActionID: a-7\r\nCommand: gsm show spans\r\n\r\n"
LIST = (
    b"GSM span 2: Power on, Provisioned, Up, Active,Standard\n"
    b"GSM span 3: Power on, Provisioned, Up, Active,Standard"
)
MARK = b"--END COMMAND--\r\n\r\n"
HEAD = b"Response: Follows\r\nPrivilege: SMSCommand\r\n"
USSD_BODY = (
    b"1:Received USSD success on span: 2\n"
    b"\tUSSD Responses: 0\n"
    b"\tUSSD Code: 15\n"
    b"\tUSSD Len: 4\n"
    b"\tUSSD Message: 1500\n"
)


@pytest.mark.parametrize(
    ("place", "head"),
    [
        ("first", b"ActionID: a-7\r\nResponse: Follows\r\nPrivilege: SMSCommand\r\n"),
        (
            "after-response",
            b"Response: Follows\r\nActionID: a-7\r\nPrivilege: SMSCommand\r\n",
        ),
        (
            "after-privilege",
            b"Response: Follows\r\nPrivilege: SMSCommand\r\nActionID: a-7\r\n",
        ),
    ],
)
async def test_action_id_in_a_follows_answer(place: Any, head: bytes) -> None:
    async with box_and_login(YeastarOptions(action_id=place)) as (_, client):
        await client.send(SPANS)
        await client.exactly(head + LIST + b"\n" + MARK)


@pytest.mark.parametrize(
    ("mark", "end"), [("glued", b""), ("own-line", b"\n"), ("as-captured", b"\n")]
)
async def test_end_mark_after_a_list(mark: Any, end: bytes) -> None:
    async with box_and_login(YeastarOptions(end_mark=mark)) as (_, client):
        await client.command("gsm show spans")
        await client.exactly(HEAD + LIST + end + MARK)


async def test_one_lf_per_line_and_upper_case_names_are_taken() -> None:
    async with box_and_login() as (_, client):
        await client.send(b"ACTION: SMSCommand\nCOMMAND: GSM Show Spans\n\n")
        await client.exactly(HEAD + LIST + b"\n" + MARK)


@pytest.mark.parametrize("writes", ["whole", "bytes", "random", "merged"])
async def test_the_stream_is_the_same_however_it_is_cut(writes: Any) -> None:
    async with box_and_login(YeastarOptions(writes=writes)) as (_, client):
        await client.send(SPANS + b"Action: Ping\r\n\r\n")
        await client.exactly(
            HEAD
            + b"ActionID: a-7\r\n"
            + LIST
            + b"\n"
            + MARK
            + b"Response: Success\r\nPing: Pong\r\n\r\n"
        )


async def test_byte_by_byte_writes_arrive_in_many_pieces() -> None:
    async with box_and_login(YeastarOptions(writes="bytes")) as (_, client):
        await client.send(SPANS)
        pieces: list[bytes] = []
        while not b"".join(pieces).endswith(END):
            pieces.append(await client.piece())
        assert len(pieces) > 20


async def test_a_write_is_cut_where_asked() -> None:
    async with box_and_login(YeastarOptions(cut_writes_at=9)) as (_, client):
        await client.command("gsm show spans")
        assert await client.piece() == b"Response:"
        await client.exactly(b" Follows\r\n")


async def test_merged_writes_carry_several_blocks_at_once() -> None:
    async with box_and_login(YeastarOptions(writes="merged")) as (_, client):
        await client.send(b"Action: Ping\r\n\r\nAction: Ping\r\n\r\n")
        pong = b"Response: Success\r\nPing: Pong\r\n\r\n"
        assert await client.piece() == pong + pong


async def test_the_connection_is_cut_inside_an_answer() -> None:
    async with box_and_login() as (box, _):
        await box.cut("ami", after=13)
        client = await RawAmi.connect(box.ami_port)
        assert await client.rest() == b"Asterisk Call"
        await client.close()


@pytest.mark.parametrize("when", ["before-reply", "inside", "held"])
async def test_events_while_a_command_runs(when: Any) -> None:
    clock = ManualClock()
    options = YeastarOptions(events_during_command=when)
    async with YeastarBox(options, clock=clock) as box, login(box) as client:
        await box.ussd_answer(1, "*100#", "1500")
        await client.command('gsm send ussd 2 "*100#" 30')
        await box.journal.wait_for_kind("ussd_dialled")
        await box.receive(2, "+79991234567", "Ok")
        if when != "held":
            await box.journal.wait_for_kind("sms_handed_over")
        await clock.advance(2.0)
        stream = await client.block()
        stream += await client.block()
    event = stream[stream.index(b"Event: ") : stream.index(b"EVENT--") + 11]
    assert event.endswith(b"Content: Ok\r\n--END SMS EVENT--\r\n\r\n")
    assert (
        stream
        == {
            "before-reply": event + HEAD + USSD_BODY + MARK,
            "inside": HEAD + event + USSD_BODY + MARK,
            "held": HEAD + USSD_BODY + MARK + event,
        }[when]
    )


async def test_nothing_else_is_answered_while_a_ussd_runs() -> None:
    clock = ManualClock()
    async with (
        YeastarBox(clock=clock) as box,
        login(box) as client,
        login(box) as other,
    ):
        await box.ussd_answer(1, "*100#", "1500")
        await client.command('gsm send ussd 2 "*100#" 30')
        await client.send(b"Action: Ping\r\n\r\n")
        await box.journal.wait_for_kind("ussd_dialled")
        await other.send(b"Action: Ping\r\n\r\n")
        await other.exactly(b"Response: Success\r\nPing: Pong\r\n\r\n")
        await clock.advance(2.0)
        await client.exactly(HEAD + USSD_BODY + MARK)
        await client.exactly(b"Response: Success\r\nPing: Pong\r\n\r\n")


@pytest.mark.parametrize(
    ("form", "answer"),
    [
        ("body", HEAD + b"No such command 'gsm show sms inbox'\n" + MARK),
        (
            "error",
            b"Response: Error\r\nMessage: No such command 'gsm show sms inbox'\r\n\r\n",
        ),
    ],
)
async def test_a_bad_command(form: Any, answer: bytes) -> None:
    async with box_and_login(YeastarOptions(command_errors=form)) as (_, client):
        await client.command("gsm show sms inbox")
        await client.exactly(answer)


@pytest.mark.parametrize(
    ("second", "events"), [("every-event", True), ("no-events", False)]
)
async def test_events_for_a_second_login(second: Any, events: bool) -> None:
    options = YeastarOptions(second_login=second)
    async with box_and_login(options) as (box, client), login(box) as other:
        await box.receive(1, "+79991234567", "Ok")
        assert (await client.block()).startswith(b"Event: ReceivedSMS\r\n")
        await other.send(b"Action: Ping\r\n\r\n")
        assert (await other.block()).startswith(b"Event: ") is events
        taken = box.journal.entries("sms_handed_over")
        assert len(taken) == (2 if events else 1)


async def test_a_second_login_is_refused_while_the_first_is_on() -> None:
    options = YeastarOptions(second_login="refused")
    async with box_and_login(options) as (box, client):
        other = await RawAmi.connect(box.ami_port)
        await other.send(LOGIN)
        assert await other.rest() == (
            b"Asterisk Call Manager/1.1\r\n"
            b"Response: Error\r\nMessage: Authentication failed\r\n\r\n"
        )
        await other.close()
        await client.close()
        await box.journal.wait_for_kind("connection", event="closed")
        async with login(box):
            pass


@pytest.mark.parametrize(
    ("default", "header", "takes"),
    [
        ("on", b"", True),
        ("off", b"", False),
        ("on", b"Events: off\r\n", False),
        ("off", b"Events: on\r\n", True),
    ],
)
async def test_who_gets_events(default: Any, header: bytes, takes: bool) -> None:
    action = LOGIN.removesuffix(b"\r\n") + header + b"\r\n"
    async with (
        YeastarBox(YeastarOptions(default_events=default)) as box,
        login(box, action),
    ):
        await box.receive(1, "+79991234567", "Ok")
        kind = "sms_handed_over" if takes else "sms_lost"
        await box.journal.wait_for_kind(kind)


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        ("accepted", b"Response: Events Off\r\n\r\n"),
        ("refused", b"Response: Error\r\nMessage: Permission denied\r\n\r\n"),
    ],
)
async def test_action_events(rule: Any, answer: bytes) -> None:
    async with box_and_login(YeastarOptions(events_action=rule)) as (_, client):
        await client.send(b"Action: Events\r\nEventMask: off\r\n\r\n")
        await client.exactly(answer)
