"""Menus answered over the wire: each step goes out once, by the way that the first one took."""

import asyncio
from typing import Any, override

import pytest

from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.ports import Gateway
from custom_components.gsm_gateway.messaging.line import Line
from custom_components.gsm_gateway.messaging.messages import SendPolicy
from custom_components.gsm_gateway.messaging.ussd import MenuLeft, MenuOpen
from tests.gateways.goip.bench import ALL_FIRMWARES, SCALE, bench
from tests.gateways.yeastar.bench import on_box, on_script
from tests.messaging.hand_clock import settle
from tests.simulator.core.box import Box
from tests.simulator.core.faults import Times
from tests.simulator.core.journal import LOGIN, USSD_DIALLED
from tests.simulator.goip import GoipBox

PATH = ["*111#", "1", "3"]
TEXTS = ["1. Tariffs", "3. Zero\n0. Back", "Zero is yours"]
MENU = (
    b"1:Received USSD success on span: 2\n\tUSSD Responses: 1\n\tUSSD Code: 15\n"
    b"\tUSSD Len: 10\n\tUSSD Message: 1. Tariffs\n"
)
END = (
    b"1:Received USSD success on span: 2\n\tUSSD Responses: 0\n\tUSSD Code: 15\n"
    b"\tUSSD Len: 4\n\tUSSD Message: Zero\n"
)


async def plant(box: Box, **end: Any) -> None:
    """Put a menu of two steps behind *111#."""
    await box.ussd_menu(1, "*111#", text=TEXTS[0])
    await box.ussd_menu(1, "*111#", "1", TEXTS[1])
    await box.ussd_menu(1, "*111#", "1>3", **({"text": TEXTS[2]} | end))


def line_of(gateway: Gateway, clock: Clock | None = None) -> Line:
    """Return the first SIM of a box."""
    return Line(
        line_id="a",
        box_id="box",
        channel=1,
        gateway=gateway,
        clock=clock or Clock(),
        policy=SendPolicy.ALWAYS,
    )


async def dial(line: Line, *codes: str) -> list[str]:
    """Dial and return what the operator said."""
    replies = await line.run_ussd(codes or PATH, waited_for=True)
    return [reply.text for reply in replies]


def dialled(box: Box) -> list[tuple[str, str]]:
    """Return each code that reached the network, and by which interface."""
    entries = box.journal.entries(USSD_DIALLED)
    return [(entry["code"], entry["interface"]) for entry in entries]


class AtSecondForm(Times):
    """A fault that happens once, to the second USSD form."""

    def __init__(self, box: GoipBox) -> None:
        super().__init__(1)
        self._box = box

    @override
    def take(self) -> bool:
        return self._box.requests["ussd_info.html"] == 2 and super().take()


@pytest.mark.parametrize("kind", ALL_FIRMWARES)
async def test_goip_by_its_web_pages(kind: str) -> None:
    async with bench(kind) as b:
        await plant(b.box)
        line = line_of(b.gateway, Clock(SCALE))
        assert await dial(line) == TEXTS
        assert [code for code, _ in dialled(b.box)] == PATH


async def test_goip_rests_after_a_menu_but_sends() -> None:
    async with bench() as b:
        await plant(b.box)
        line = line_of(b.gateway, Clock(SCALE))
        assert await dial(line, "*111#") == TEXTS[:1]
        with pytest.raises(MenuOpen):
            await dial(line, "*100#")
        await b.send("hello")
        assert len(b.on_air()) == 1
        assert [code for code, _ in dialled(b.box)] == PATH[:1]


async def test_goip_does_not_repeat_a_reply_whose_form_was_not_answered() -> None:
    async with bench() as b:
        await plant(b.box)
        line = line_of(b.gateway, Clock(SCALE))
        b.box.http.options.lose_reply = lost = AtSecondForm(b.box)
        assert await dial(line) == TEXTS
        assert [code for code, _ in dialled(b.box)] == PATH
        assert (b.posts("ussd_info.html"), lost.left) == (3, 0)


async def test_goip_leaves_a_menu_that_is_silent() -> None:
    async with bench(scale=60.0) as b:
        await plant(b.box, kind="silence")
        line = line_of(b.gateway, Clock(60.0))
        before = b.box.clock.monotonic()
        with pytest.raises(MenuLeft) as left:
            await dial(line)
        assert left.value.reply == 2
        assert b.box.clock.monotonic() - before < 42
        assert [code for code, _ in dialled(b.box)] == PATH


@pytest.mark.parametrize("owner", ["port", "client"])
@pytest.mark.parametrize(
    ("second_login", "interface", "logins"),
    [("every-event", "ami", 2), ("no-events", "ami", 2), ("refused", "http", 1)],
)
async def test_yeastar_answers_a_menu_by_the_way_that_opened_it(
    owner: Any, second_login: Any, interface: str, logins: int
) -> None:
    async with on_box(ussd_menu_owner=owner, second_login=second_login) as b:
        await plant(b.box)
        assert await dial(line_of(b.gateway)) == TEXTS
        assert dialled(b.box) == [(code, interface) for code in PATH]
        assert len(b.box.journal.entries(LOGIN, port="ami")) == logins


async def test_yeastar_by_its_one_link() -> None:
    changes = {"http_port": 1}
    async with on_box(
        second_login="refused", ussd_menu_owner="client", changes=changes
    ) as b:
        await plant(b.box)
        assert await dial(line_of(b.gateway)) == TEXTS
        assert dialled(b.box) == [(code, "ami") for code in PATH]


async def test_yeastar_without_ami() -> None:
    async with on_box(changes={"use_ami": False}) as b:
        await plant(b.box)
        line = line_of(b.gateway)
        assert await dial(line) == TEXTS
        assert dialled(b.box) == [(code, "http") for code in PATH]
        with pytest.raises(MenuOpen):
            await dial(line, "*100#")


async def test_yeastar_tells_whether_a_menu_is_open() -> None:
    async with on_box() as b:
        await plant(b.box)
        line = line_of(b.gateway)
        assert await dial(line) == TEXTS
        assert await dial(line, "*100#", "7") == ["Баланс: 57.2 р."]
        assert await dial(line, "*111#") == TEXTS[:1]
        with pytest.raises(MenuOpen):
            await dial(line, "*100#")
        assert [code for code, _ in dialled(b.box)] == [*PATH, "*100#", "*111#"]


async def test_yeastar_keeps_one_login_for_the_whole_dialogue() -> None:
    async with on_script() as b:
        talk = await b.connect()
        dialling = asyncio.create_task(dial(line_of(b.gateway, b.clock), "*111#", "1"))
        await talk.tell_ready()
        own = await b.server.accept()
        await own.log_in(events=b"off")
        assert await own.hear_command() == b'gsm send ussd 2 "*111#" 30'
        await own.say(own.answer(MENU))
        assert await own.hear_command() == b'gsm send ussd 2 "1" 30'
        await own.say(own.answer(END))
        assert b"Action: Logoff" in await own.hear()
        await own.say(b"Response: Goodbye\r\nMessage: Thanks for all the fish.\r\n\r\n")
        assert await dialling == ["1. Tariffs", "Zero"]
        assert b.server.accepted == 2


async def test_yeastar_does_not_choose_again_on_another_login() -> None:
    async with on_script() as b:
        talk = await b.connect()
        dialling = asyncio.create_task(dial(line_of(b.gateway, b.clock), "*111#", "1"))
        await talk.tell_ready()
        own = await b.server.accept()
        await own.log_in(events=b"off")
        await own.hear_command()
        await own.say(own.answer(MENU))
        await own.hear_command()
        own.abort()
        with pytest.raises(MenuLeft):
            await dialling
        await settle()
        assert b.server.accepted == 2
