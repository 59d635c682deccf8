"""curl uses the two pages of the simulated Yeastar TG."""

import pytest

from tests.simulator.core.clock import Clock
from tests.simulator.yeastar import YeastarBox, YeastarOptions

from .foreign import run

ACCOUNT = "account=apiuser&password=apipass"


async def ask(curl: str, box: YeastarBox, page: str) -> list[str]:
    """Return the lines that curl prints."""
    url = f"http://127.0.0.1:{box.http_port}/cgi/WebCGI?{page}"
    return (await run(curl, "-sS", "--max-time", "10", url)).splitlines()


async def test_1500101_sends(curl: str) -> None:
    async with YeastarBox(clock=Clock(60)) as box:
        answer = await ask(
            curl,
            box,
            f"1500101={ACCOUNT}&port=2&destination=89991234567&content=%D0%94%D0%B0%21",
        )
        assert answer == ["Response: Success", "Message: Commit successfully!"]
        on_air = await box.journal.wait_for_kind("sms_on_air")
    assert (on_air.line, on_air["number"], on_air["text"]) == (2, "89991234567", "Да!")


@pytest.mark.parametrize("http_lines", ["crlf", "lf"])
async def test_1500102_dials(curl: str, http_lines: str) -> None:
    options = YeastarOptions(http_lines="lf" if http_lines == "lf" else "crlf")
    async with YeastarBox(options, clock=Clock(60)) as box:
        answer = await ask(curl, box, f"1500102={ACCOUNT}&port=1&content=%2A100%23")
    assert answer == [
        "Request: 1,*100#",
        "Response: Success",
        "Message: Баланс: 57.2 р.",
    ]


async def test_a_wrong_password_is_no_success(curl: str) -> None:
    async with YeastarBox(clock=Clock(60)) as box:
        answer = await ask(
            curl,
            box,
            "1500101=account=apiuser&password=x&port=1&destination=8999&content=test",
        )
        assert box.journal.entries("sms_on_air") == []
    assert "Response: Success" not in answer
