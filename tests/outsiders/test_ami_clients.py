"""Three Asterisk Manager clients are content with the simulated Yeastar TG."""

import asyncio
from urllib.parse import unquote

from basicami import BasicAMI
import pytest

from tests.simulator.core.clock import Clock
from tests.simulator.yeastar import YeastarBox, YeastarOptions

from .foreign import foreign

BOM = "\ufeff"
NUMBER = "+79991234567"


def tg(**options: str) -> YeastarBox:
    """Return a box whose minute lasts a second."""
    return YeastarBox(YeastarOptions(**options), clock=Clock(60))  # type: ignore[arg-type]


def login(box: YeastarBox) -> tuple[str, ...]:
    """Return address and login as a program's arguments."""
    return "127.0.0.1", str(box.ami_port), "apiuser", "apipass"


@pytest.mark.parametrize("action_id", ["first", "after-response", "after-privilege"])
async def test_asterisk_manager_sends_and_receives(node: str, action_id: str) -> None:
    async with tg(action_id=action_id) as box:
        script = (node, "asterisk_manager.js", *login(box))
        async with foreign(*script, "2", NUMBER, "Hello", "11111") as client:
            taken = await client.until("taken")
            result = await client.until("result")
            await box.receive(2, NUMBER, "Привет")
            message = await client.until("message")
        (on_air,) = box.journal.entries("sms_on_air")
    assert taken["response"].lower() == "follows"
    assert result == {"is": "result", "id": "11111", "status": "1"}
    assert (on_air.line, on_air["number"], on_air["text"]) == (1, NUMBER, "Hello")
    assert (message["sender"], message["span"]) == (NUMBER, "3")
    assert unquote(message["content"]) == f"{BOM}Привет"


async def test_yana_dials_sends_and_receives(node: str) -> None:
    async with tg() as box:
        words = ("3", "*102#", NUMBER, "Hello", "1het321jlob#qssrb")
        async with foreign(node, "yana.js", *login(box), *words) as client:
            await client.until("bound")
            ussd = await client.until("ussd")
            taken = await client.until("taken")
            result = await client.until("result")
            await box.receive(1, NUMBER, "Hello")
            message = await client.until("message")
        (dialled,) = box.journal.entries("ussd_dialled")
        (on_air,) = box.journal.entries("sms_on_air")
    assert ussd["response"] == "Follows"
    assert ussd["lines"][0] == "1:Received USSD success on span: 3"
    assert (dialled.line, dialled["code"]) == (2, "*102#")
    assert taken["response"] == "Follows"
    assert result == {"is": "result", "id": "1het321jlob#qssrb", "status": "1"}
    assert (on_air.line, on_air["text"]) == (2, "Hello")
    assert message == {
        "is": "message",
        "sender": NUMBER,
        "content": "Hello",
        "span": "2",
    }


async def test_basicami_sends_and_receives() -> None:
    async with tg() as box:
        client = await BasicAMI.connect("127.0.0.1", box.ami_port, "apiuser", "apipass")
        try:
            command = f'gsm send sms 2 {NUMBER} "Hello" 22222'
            action = {"Action": "smscommand", "Command": command}
            taken = await client.send_action(action)
            await box.receive(1, NUMBER, "Привет")
            events: list[dict[str, str]] = []
            async with asyncio.timeout(10):
                while len(events) < 2:
                    events += await client.get_events(timeout=1)
        finally:
            await client.close()
        (on_air,) = box.journal.entries("sms_on_air")
    assert taken["Response"] == "Follows"
    assert (on_air.line, on_air["text"]) == (1, "Hello")
    told = {event["Event"]: event for event in events}
    assert (told["UpdateSMSSend"]["ID"], told["UpdateSMSSend"]["Status"]) == (
        "22222",
        "1",
    )
    assert unquote(told["ReceivedSMS"]["Content"]) == f"{BOM}Привет"


async def test_a_wrong_password_is_refused(node: str) -> None:
    async with tg() as box:
        words = (
            "127.0.0.1",
            str(box.ami_port),
            "apiuser",
            "x",
            "2",
            "*1#",
            "1",
            "x",
            "1",
        )
        async with foreign(node, "yana.js", *words) as client:
            assert (await client.until("error"))["message"] == "Authentication failed"
