"""curl uses the simulated GoIP with the request forms that its field users print."""

import pytest

from tests.simulator.core.clock import Clock
from tests.simulator.goip import GoipBox, firmware

from .foreign import run

LOGIN = ("-u", "admin:admin")
MOST_POLLS = 200


class Curl:
    """A person at a command line, and the box in front of them."""

    def __init__(self, curl: str, box: GoipBox) -> None:
        """Know both."""
        self._curl = curl
        self.box = box

    async def __call__(self, page: str, *options: str) -> str:
        """Return what curl prints."""
        url = f"{self.box.url}/default/en_US/{page}"
        return await run(self._curl, "-sS", "--max-time", "10", url, *options)

    async def until(self, wanted: str, page: str, *options: str) -> None:
        """Ask until the page holds the wanted words."""
        for _ in range(MOST_POLLS):
            answer = await self(page, *options)
            if wanted in answer:
                return
        raise AssertionError(answer)


def goip(name: str) -> GoipBox:
    """Return a box of a firmware whose minute lasts a second."""
    return GoipBox(firmware(name), clock=Clock(60))


def form(**fields: str) -> tuple[str, ...]:
    """Return the options that post a form with a login."""
    pairs = [("--data-urlencode", f"{name}={value}") for name, value in fields.items()]
    return (*LOGIN, *(word for pair in pairs for word in pair))


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("seed", "Sending, L1 Send SMS to 89991234567; ID:"),
        ("new", "\nSending,L1 Send SMS to:89991234567; ID:"),
        ("old", "\nSending,L1 Send SMS to:89991234567; ID:"),
    ],
)
async def test_send_html(curl: str, name: str, beginning: str) -> None:
    async with goip(name) as box:
        answer = await Curl(curl, box)(
            "send.html?u=admin&p=admin&l=1&n=89991234567&m=test"
        )
        assert answer.startswith(beginning)
        on_air = await box.journal.wait_for_kind("sms_on_air")
    assert (on_air.line, on_air["number"], on_air["text"]) == (1, "89991234567", "test")


async def test_send_html_with_a_wrong_password(curl: str) -> None:
    async with goip("new") as box:
        answer = await Curl(curl, box)("send.html?u=admin&p=x&l=1&n=89991234567&m=test")
    assert answer == "\nERROR,user or password error\n"


async def test_sms_info_with_one_line_and_send_status_with_the_login_in_the_query(
    curl: str,
) -> None:
    async with goip("seed") as box:
        ask = Curl(curl, box)
        fields = {"line": "1", "smskey": "57867a25", "action": "SMS", "send": "Send"}
        page = await ask(
            "sms_info.html?type=sms",
            *form(**fields, telnum="+79991234567", smscontent="Привет & до встречи"),
        )
        assert "Line 1 Sending" in page
        await ask.until(
            "<id1>57867a25</id1><status1>DONE</status1><error1></error1>",
            "send_status.xml?u=admin&p=admin",
        )
        (on_air,) = box.journal.entries("sms_on_air")
    assert on_air["text"] == "Привет & до встречи"


async def test_sms_info_with_numbered_lines_and_send_sms_status_with_a_basic_login(
    curl: str,
) -> None:
    async with goip("new") as box:
        box.options.blank_key = False
        ask = Curl(curl, box)
        fields = {"smskey": "5b977a14", "action": "SMS", "send": "Send"}
        await ask(
            "sms_info.html?type=sms",
            *form(
                line1="1", line2="1", **fields, telnum="89991234567", smscontent="both"
            ),
        )
        for line in (1, 2):
            await ask.until(
                f"<smskey{line}>5b977a14</smskey{line}>\n<status{line}>DONE</status{line}>",
                "send_sms_status.xml",
                *LOGIN,
            )
        assert [entry.line for entry in box.journal.entries("sms_on_air")] == [1, 2]


async def test_ussd_info(curl: str) -> None:
    async with goip("new") as box:
        ask = Curl(curl, box)
        fields = {"line1": "1", "smskey": "5b977a15", "action": "USSD", "send": "Send"}
        await ask("ussd_info.html?type=ussd", *form(**fields, telnum="*100#"))
        await ask.until(
            "<error1>Баланс: 57.2 р.</error1>", "send_sms_status.xml", *LOGIN
        )


async def test_ussd_by_sms_info_where_the_other_page_is_not_there(curl: str) -> None:
    async with goip("seed") as box:
        ask = Curl(curl, box)
        fields = {"line": "1", "smskey": "57876006", "action": "USSD", "send": "Send"}
        no_page = await ask(
            "ussd_info.html?type=ussd",
            *form(**fields, telnum="*100#"),
            *("-o", "/dev/null", "-w", "%{http_code}"),
        )
        assert no_page == "404"
        await ask("sms_info.html?type=ussd", *form(**fields, telnum="*100#"))
        await ask.until(
            "<id1>57876006</id1><status1>DONE</status1><error1>Баланс: 57.2 р.</error1>",
            "send_status.xml?u=admin&p=admin",
        )


@pytest.mark.parametrize("name", ["seed", "new", "old"])
async def test_inbox_page(curl: str, name: str) -> None:
    async with goip(name) as box:
        await box.receive(2, "+79991234567", 'Hello, "you"')
        page = await Curl(curl, box)("tools.html?type=sms_inbox", *LOGIN)
    assert ',+79991234567,Hello, \\"you\\""' in page
    assert "sms_row_insert(l2_sms_store, sms, pos, 2);" in page


async def test_status_page(curl: str) -> None:
    async with goip("seed") as box:
        page = await Curl(curl, box)("status.xml", *LOGIN)
    assert "<l1_gsm_sim>Y</l1_gsm_sim>" in page
    assert "<l3_gsm_sim>N</l3_gsm_sim>" in page
