"""Control commands of the simulated GoIP: literal datagrams there and back."""

import pytest

from .raw_goip import advance
from .raw_udp_talk import ask, quiet, talking

NUMBER = "+79990000001"


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        (b"get_gsm_num 5 goip", b"get_gsm_num 5 +79990000001\n"),
        (b"get_gsm_num 5 goip\n", b"get_gsm_num 5 +79990000001\n"),
        (b"get_imei 6 goip", b"get_imei 6 861111111110001\n"),
        (b"get_gsm_state 7 goip", b"get_gsm_state 7 IDLE\n"),
        (b"get_exp_time 8 goip", b"get_exp_time 8 -1\n"),
        (b"get_remain_time 9 goip", b"get_remain_time 9 -1\n"),
        (b"get_out_call_interval 1 goip", b"get_out_call_interval 1 0\n"),
        (b"GSM 2 goip", b"GSM 2 +79990000001;IDLE;861111111110001;-1;-1;0;\n"),
        (b"CF 3 goip 0 3 +7999 20", b"CFOK 3\n"),
        (b"CF 3 goip 0 9 +7999 20", b"CFERROR 3 VALUE\n"),
        (b"CW 4 goip 1", b"CWOK 4\n"),
    ],
)
async def test_what_the_box_tells(command: bytes, answer: bytes) -> None:
    async with talking() as (_, server):
        assert await ask(server, command) == answer


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        (b"get_imei 6 wrong", b"ERROR 6 PASSWORD\n"),
        (b"module_ctl_i 6 2 wrong", b"ERROR 6 PASSWORD\n"),
        (b"module_ctl_i 6 goip 2", b"ERROR 6 PASSWORD\n"),
        (b"svr_reboot_dev 6 wrong", b"ERROR 6 PASSWORD\n"),
        (b"CF 6 0 3 +7999 20 goip", b"ERROR 6 PASSWORD\n"),
        (b"GSM 6 wrong", b"ERROR 6 PASSWORD\n"),
    ],
)
async def test_password_that_is_wrong_or_elsewhere(
    command: bytes, answer: bytes
) -> None:
    async with talking() as (box, server):
        assert await ask(server, command) == answer
        await advance(box, 5)
        assert box.line(1).registered
        assert not box.journal.entries("box", event="reboot")


@pytest.mark.parametrize(
    "command",
    [
        b"module_ctl_i 6 3 goip",
        b"module_ctl_i 6 goip",
        b"module_ctl 6 12x goip",
        b"module_ctl 6 22222 goip",
        b"set_gsm_num 6 goip",
        b"set_exp_time 6 soon goip",
        b"CW 6 goip",
    ],
)
async def test_value_that_is_wrong(command: bytes) -> None:
    async with talking() as (box, server):
        assert await ask(server, command) == b"ERROR 6 VALUE\n"
        assert all(line.module_on for line in box.lines.values())


@pytest.mark.parametrize(
    "command", [b"get_imei", b"get_imei 6", b"get_imei x goip", b"ATCMD 6 AT goip"]
)
async def test_what_is_not_understood_is_not_answered(command: bytes) -> None:
    async with talking() as (box, server):
        server.tell(command)
        await box.journal.wait_for_kind("udp_ignored", line=1, size=len(command))
        await quiet(server)


async def test_own_number_is_kept_and_told() -> None:
    async with talking() as (box, server):
        assert await ask(server, b"set_gsm_num 5 +7888 goip") == b"set_gsm_num 5 ok\n"
        assert await ask(server, b"get_gsm_num 6 goip") == b"get_gsm_num 6 +7888\n"
        while not server.keepalives.empty():
            await server.keepalive()
        await advance(box, 30)
        told = [(await server.keepalive())[0] for _ in box.lines]
        assert any(b";num:+7888;" in data for data in told)


async def test_number_of_a_line_without_a_card() -> None:
    async with talking() as (_, server):
        assert await ask(server, b"get_gsm_num 5 goip", "goip4") == b"get_gsm_num 5\n"
        answer = await ask(server, b"set_gsm_num 5 +7888 goip", "goip4")
        assert answer == b"ERROR 5 VALUE\n"


async def test_settings_are_kept() -> None:
    async with talking() as (_, server):
        assert await ask(server, b"set_exp_time 5 90 goip") == b"set_exp_time 5 ok\n"
        assert await ask(server, b"get_exp_time 6 goip") == b"get_exp_time 6 90\n"
        answer = await ask(server, b"set_out_call_interval 7 3 goip")
        assert answer == b"set_out_call_interval 7 ok\n"
        answer = await ask(server, b"get_out_call_interval 8 goip")
        assert answer == b"get_out_call_interval 8 3\n"
        answer = await ask(server, b"reset_remain_time 9 goip")
        assert answer == b"reset_remain_time 9 ok\n"


async def test_state_as_the_registration() -> None:
    async with talking(udp_line_state="login") as (box, server):
        assert await ask(server, b"get_gsm_state 1 goip") == b"get_gsm_state 1 LOGIN\n"
        await box.network(1, False)
        answer = await ask(server, b"get_gsm_state 2 goip")
        assert answer == b"get_gsm_state 2 LOGOUT\n"


@pytest.mark.parametrize(
    ("digit", "zero", "on"),
    [
        ("2", "off", False),
        ("0", "off", False),
        ("0", "leave", True),
        ("1", "off", True),
    ],
)
async def test_module_of_one_line(digit: str, zero: str, on: bool) -> None:
    async with talking(udp_module_zero=zero) as (box, server):
        command = f"module_ctl_i 5 {digit} goip".encode()
        assert await ask(server, command) == b"module_ctl_i 5 ok\n"
        assert [line.module_on for line in box.lines.values()] == [on, True, True, True]
        assert await ask(server, b"module_ctl_i 6 1 goip") == b"module_ctl_i 6 ok\n"
        assert box.line(1).registered


async def test_module_that_goes_off_tells_it_by_the_next_keepalive() -> None:
    async with talking() as (box, server):
        await ask(server, b"module_ctl_i 5 2 goip")
        while not server.keepalives.empty():
            await server.keepalive()
        await advance(box, 30)
        told = [(await server.keepalive())[0] for _ in box.lines]
        mine = next(data for data in told if b";id:goip1;" in data)
        assert b";gsm_status:LOGOUT;" in mine


@pytest.mark.parametrize(
    ("zero", "after"),
    [("leave", [True, True, False, True]), ("off", [False, True, False, True])],
)
async def test_modules_of_all_lines_by_digits(zero: str, after: list[bool]) -> None:
    async with talking(udp_module_zero=zero) as (box, server):
        box.line(2).module_on = False
        assert await ask(server, b"module_ctl 5 012 goip") == b"module_ctl 5 ok\n"
        assert [line.module_on for line in box.lines.values()] == after


async def test_reboot_of_a_module() -> None:
    async with talking() as (box, server):
        answer = await ask(server, b"svr_reboot_module 5 goip")
        assert answer == b"svr_reboot_module 5 ok\n"
        assert [box.line(n).registered for n in (1, 2)] == [False, True]
        await advance(box, 119)
        assert not box.line(1).registered
        await advance(box, 1)
        assert box.line(1).registered
        assert not box.journal.entries("box", event="reboot")


async def test_module_that_restarts_comes_back_with_the_power() -> None:
    async with talking() as (box, server):
        await ask(server, b"svr_reboot_module 5 goip")
        await box.reboot(0.0)
        assert box.line(1).registered


async def test_reboot_of_the_box() -> None:
    async with talking() as (box, server):
        answer = await ask(server, b"svr_reboot_dev 5 goip")
        assert answer == b"svr_reboot_dev 5 ok\n"
        while not server.keepalives.empty():
            await server.keepalive()
        await advance(box, 1)
        await box.journal.wait_for_kind("box", event="stopped")
        await advance(box, 60)
        told = [(await server.keepalive())[0] for _ in box.lines]
        assert all(data.startswith(b"req:1;") for data in told)


@pytest.mark.parametrize("drops", [True, False])
async def test_drop_of_a_call(drops: bool) -> None:
    async with talking(udp_drops_call=drops) as (box, server):
        await box.call(1, "+7999")
        assert {(await server.text()).partition(b":")[0] for _ in range(2)} == {
            b"STATE",
            b"RECORD",
        }
        answer = await ask(server, b"get_gsm_state 4 goip")
        assert answer == b"get_gsm_state 4 INCOMING:+7999\n"
        server.tell(b"svr_drop_call 5 goip")
        heard = [await server.text() for _ in range(3 if drops else 1)]
        assert b"svr_drop_call 5 ok\n" in heard
        ended = [data.partition(b":")[0] for data in heard if b":" in data]
        assert ended == ([b"HANGUP", b"STATE"] if drops else [])
        assert box.calls.state(box.line(1)) == ("IDLE" if drops else "INCOMING:+7999")


async def test_drop_without_a_call() -> None:
    async with talking() as (_, server):
        assert await ask(server, b"svr_drop_call 5 goip") == b"svr_drop_call 5 ok\n"
