"""Banner, login, ping and logoff of a simulated TG."""

from contextlib import suppress
from typing import Any

import pytest

from .raw_ami import ACCEPTED, BANNER, LOGIN, RawAmi, box_and_login, login
from .yeastar import YeastarBox, YeastarOptions

WRONG = b"Action: Login\r\nUsername: apiuser\r\nSecret: wrong\r\n\r\n"
FAILED = b"Response: Error\r\nMessage: Authentication failed\r\n\r\n"
DENIED = b"Response: Error\r\nMessage: Permission denied\r\n\r\n"


async def test_banner_is_one_line_with_one_crlf() -> None:
    async with YeastarBox() as box:
        client = await RawAmi.connect(box.ami_port)
        assert await client.piece() == b"Asterisk Call Manager/1.1\r\n"
        await client.close()


@pytest.mark.parametrize(
    "action",
    [
        b"Action: Login\r\nUsername: apiuser\r\nSecret: apipass\r\n\r\n",
        b"action: LOGIN\r\nUSERNAME: apiuser\r\nsecret: apipass\r\n\r\n",
        b"Action: Login\nUsername: apiuser\nSecret: apipass\nEvents: on\n\n",
        b"\r\nAction:Login\r\nUsername:apiuser\r\nSecret:apipass\r\n\r\n",
    ],
)
async def test_login_in_every_spelling(action: bytes) -> None:
    async with YeastarBox() as box, login(box, action):
        assert box.journal.entries("login", port="ami", user="apiuser")


async def test_failed_login_closes_and_never_shows_the_password() -> None:
    async with YeastarBox() as box:
        client = await RawAmi.connect(box.ami_port)
        await client.send(WRONG)
        assert await client.rest() == BANNER + FAILED
        (entry,) = box.journal.entries("login_refused")
        assert entry["reason"] == "wrong account"
        assert "wrong" not in entry.as_json().values()
        await client.close()


async def test_failed_login_may_stay_open() -> None:
    async with YeastarBox(YeastarOptions(failed_login="stays-open")) as box:
        client = await RawAmi.connect(box.ami_port)
        await client.send(WRONG + LOGIN)
        await client.exactly(BANNER + FAILED + ACCEPTED)
        await client.close()


async def test_default_account_is_refused_until_the_password_is_changed() -> None:
    async with YeastarBox(YeastarOptions(refuse_default_account=True)) as box:
        client = await RawAmi.connect(box.ami_port)
        await client.send(LOGIN)
        assert await client.rest() == BANNER + FAILED
        await client.close()
        await box.set_option("password", "changed")
        async with login(box, LOGIN.replace(b"apipass", b"changed")):
            pass


async def test_planned_refusals_end_after_their_number() -> None:
    async with YeastarBox() as box:
        await box.refuse_logins(1)
        client = await RawAmi.connect(box.ami_port)
        await client.send(LOGIN)
        assert await client.rest() == BANNER + FAILED
        await client.close()
        async with login(box):
            pass


@pytest.mark.parametrize(
    ("form", "seen"),
    [("closed", b""), ("login-refused", BANNER + FAILED)],
)
async def test_forbidden_address(form: Any, seen: bytes) -> None:
    options = YeastarOptions(allowed_addresses="10.0.0.0/8", forbidden_ami=form)
    async with YeastarBox(options) as box:
        client = await RawAmi.connect(box.ami_port)
        if seen:
            await client.send(LOGIN)
        assert await client.rest() == seen
        assert box.journal.entries("login_refused", reason="address")
        await client.close()


async def test_allowed_address_is_admitted() -> None:
    options = YeastarOptions(allowed_addresses="10.0.0.1, 127.0.0.0/8")
    async with YeastarBox(options) as box, login(box):
        pass


def test_allowed_address_must_be_one() -> None:
    with pytest.raises(ValueError, match="does not appear"):
        YeastarOptions(allowed_addresses="the house")


async def test_api_switched_off_refuses_connections() -> None:
    async with YeastarBox(YeastarOptions(api_enabled=False)) as box:
        with pytest.raises(ConnectionRefusedError):
            await RawAmi.connect(box.ami_port)
        await box.set_option("api_enabled", "on")
        async with login(box):
            pass


async def test_nothing_but_login_before_login() -> None:
    async with YeastarBox() as box:
        client = await RawAmi.connect(box.ami_port)
        await client.send(b"Action: Ping\r\n\r\n")
        await client.exactly(BANNER + DENIED)
        await client.close()


@pytest.mark.parametrize(
    ("pong", "answer"),
    [
        (True, b"Response: Success\r\nActionID: p-1\r\nPing: Pong\r\n\r\n"),
        (False, b"Response: Success\r\nActionID: p-1\r\n\r\n"),
    ],
)
async def test_ping_with_and_without_pong(pong: Any, answer: bytes) -> None:
    async with box_and_login(YeastarOptions(ping_pong=pong)) as (_, client):
        await client.send(b"Action: Ping\r\nActionID: p-1\r\n\r\n")
        await client.exactly(answer)


async def test_logoff_says_thanks_and_closes() -> None:
    async with box_and_login() as (_, client):
        await client.send(b"Action: Logoff\r\n\r\n")
        assert await client.rest() == (
            b"Response: Goodbye\r\nMessage: Thanks for all the fish.\r\n\r\n"
        )


@pytest.mark.parametrize(
    "action",
    [
        b"Action: Command\r\nCommand: gsm show spans\r\n\r\n",
        b"Action: CoreStatus\r\n\r\n",
        b"Nonsense: 1\r\n\r\n",
    ],
)
async def test_only_smscommand_is_allowed(action: bytes) -> None:
    async with box_and_login() as (_, client):
        await client.send(action)
        await client.exactly(DENIED)


async def test_endless_action_ends_the_connection() -> None:
    async with box_and_login() as (box, client):
        with suppress(ConnectionError):
            await client.send(b"X: " + b"a" * 80_000)
            assert await client.rest() == b""
        await box.journal.wait_for_kind("connection", event="closed")
