"""Real Home Assistant as the process under test: `python -m tests.reliability.launcher`.

Starts `hass` with four furnished entries, on the harness's clock. A listener
on its bus writes each event into a pipe at once, as an automation would see it.
"""

from argparse import ArgumentParser, Namespace
import json
import os
from pathlib import Path
import sys
from typing import Any

from homeassistant import __main__ as hass_program, bootstrap
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigSubentryDataWithId,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from custom_components.gsm_gateway import const
from custom_components.gsm_gateway.gateways import clock
from custom_components.gsm_gateway.gateways.goip import SmsServer
from custom_components.gsm_gateway.runtime import GatewayRuntime

from .aims import Aim
from .patching import patch
from .report import Reporter
from .scaled_http import scale_http
from .stdin import Stdin
from .timing import Timing

INTEGRATIONS = {"automation", "logger", "network", "script"}
CONFIGURATION = (
    "homeassistant:\n  time_zone: UTC\n  country: DE\nlogger:\n  default: warning\n"
)


def main() -> None:
    """Read the command line and run `hass`."""
    parser = ArgumentParser()
    parser.add_argument("--timing", type=Timing.parse, required=True)
    parser.add_argument("--report", type=int, required=True)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--boxes", type=json.loads, required=True)
    parser.add_argument("--lines", type=int, required=True)
    parser.add_argument("--sabotage", default="")
    args = parser.parse_args()
    folder: Path = args.store.parent
    (folder / "configuration.yaml").write_text(CONFIGURATION)
    if args.sabotage:
        from . import sabotage

        sabotage.apply(args.sabotage, args.store)
    _patch(args)
    sys.argv = ["hass", "--config", str(folder), "--skip-pip"]
    sys.exit(hass_program.main())


def _patch(args: Namespace) -> None:
    """Pass in the fast clock, and be there when Home Assistant begins."""
    timing: Timing = args.timing
    reporter = Reporter(args.report, timing)
    aim = Aim(reporter)
    begin = clock.Clock.__init__
    patch(bootstrap, "DEFAULT_INTEGRATIONS", INTEGRATIONS)
    patch(bootstrap, "CRITICAL_INTEGRATIONS", set())  # no web page is wanted

    def fast(self: clock.Clock, _scale: float = 1.0) -> None:
        begin(self, timing.scale)
        timing.set_clock(self)

    patch(clock.Clock, "__init__", fast)
    serve = SmsServer.__init__

    def local(self: SmsServer, port: int, time: clock.Clock) -> None:
        serve(self, port, time, host="127.0.0.1")

    patch(SmsServer, "__init__", local)
    scale_http(timing)
    link = GatewayRuntime.on_connection

    def told(self: GatewayRuntime, *, connected: bool, **rest: Any) -> None:
        if connected is not self.connection.connected:
            reporter.tell("link", box=self.entry.title, up=connected)
        link(self, connected=connected, **rest)

    patch(GatewayRuntime, "on_connection", told)
    load = bootstrap.async_from_config_dict

    async def watched(config: dict[str, Any], hass: HomeAssistant) -> Any:
        Watcher(hass, reporter, aim).begin(args)
        return await load(config, hass)

    patch(bootstrap, "async_from_config_dict", watched)


class Watcher:
    """Sees what automations see, and does what they do."""

    def __init__(self, hass: HomeAssistant, reporter: Reporter, aim: Aim) -> None:
        """Belong to one Home Assistant."""
        self._hass = hass
        self._reporter = reporter
        self._aim = aim
        self._stdin = Stdin(self._do)

    def begin(self, args: Namespace) -> None:
        """Listen before anything can happen; the entries are there once it has started."""
        listen = self._hass.bus.async_listen
        listen(const.EVENT_SMS_RECEIVED, self._received)
        listen(const.EVENT_SMS_STATUS, self._status)

        async def started(_event: Event) -> None:
            await furnish(self._hass, args)
            self._reporter.tell("ready", pid=os.getpid())

        listen(EVENT_HOMEASSISTANT_STARTED, started)
        self._stdin.open()

    @callback
    def _received(self, event: Event) -> None:
        data = event.data
        self._reporter.tell(
            "received",
            id=data["message_id"],
            box=data["gateway"],
            line=data["channel"],
            sort=data["kind"],
            **{name: data[name] for name in ("sender", "text", "complete")},
            **{name: data[name] for name in ("late", "redelivered", "stored")},
        )
        self._aim.strike("fired", "received")

    @callback
    def _status(self, event: Event) -> None:
        data = event.data
        names = ("to", "state", "previous", "reason", "code", "attempt")
        self._reporter.tell(
            "status",
            id=data["message_id"],
            sim=f"{data['gateway']}-{data['channel']}" if data["channel"] else None,
            **{name: data[name] for name in names},
        )

    async def _do(self, name: str, order: dict[str, Any]) -> None:
        match name:
            case "submit":
                await self._submit(**order)
            case "cancel":
                await self._cancel(**order)
            case "aim":
                self._aim.plan(**order)
            case "stop":
                self._stdin.close()
                self._reporter.tell("stopped")
                await self._hass.async_stop()

    async def _submit(self, number: int, messages: list[dict[str, Any]]) -> None:
        """Call the action as an automation does."""
        first = messages[0]
        action = {
            "to": [each["to"] for each in messages],
            "message": first["text"],
            "priority": "alarm" if first["alarm"] else "normal",
            "expire_after": {"seconds": first["expire"]},
        }
        try:
            answer = await self._hass.services.async_call(
                const.DOMAIN, "send_sms", action, blocking=True, return_response=True
            )
        except HomeAssistantError as error:
            self._reporter.tell("refused", number=number, error=repr(error))
            return
        told: Any = (answer or {})["messages"]
        answers = [
            {"id": each["message_id"], "to": each["to"], "state": each["state"]}
            for each in told
        ]
        self._reporter.tell("answer", number=number, messages=answers)

    async def _cancel(self, message_id: str) -> None:
        try:
            await self._hass.services.async_call(
                const.DOMAIN, "cancel_sms", {"message_id": message_id}, blocking=True
            )
        except HomeAssistantError as error:
            self._reporter.tell("not_cancelled", id=message_id, error=repr(error))


async def furnish(hass: HomeAssistant, args: Namespace) -> None:
    """Add the entries that are not there yet, as the config flow leaves them."""
    for name, ports in args.boxes.items():
        if hass.config_entries.async_get_entry(name) is not None:
            continue
        entry = ConfigEntry(
            data=_facts(ports, args.lines),
            discovery_keys={},  # type: ignore[arg-type]
            domain=const.DOMAIN,
            entry_id=name,
            minor_version=1,
            options={"notify_name": name},
            source=SOURCE_USER,
            subentries_data=[_sim(name, line) for line in range(1, args.lines + 1)],
            title=name,
            unique_id=name,
            version=1,
        )
        await hass.config_entries.async_add(entry)


def _facts(ports: dict[str, Any], lines: int) -> dict[str, Any]:
    common = {"host": "127.0.0.1", "http_port": ports["http"], "tls": False}
    if "ami" in ports:
        return common | {
            "brand": const.BRAND_YEASTAR,
            "username": "apiuser",
            "password": "apipass",
            "ami_port": ports["ami"],
            "use_ami": True,
            "verify_ssl": True,
            "module_imeis": [],
        }
    goip = {"brand": const.BRAND_GOIP, "username": "admin", "password": "admin"}
    facts = common | goip | {"verify_ssl": True}
    if "udp" in ports:
        udp = {
            const.CONF_UDP_PORT: ports["udp"],
            const.CONF_UDP_PASSWORD: "goip",
            const.CONF_UDP_IDS: [f"delta-{line}" for line in range(1, lines + 1)],
            const.CONF_ONLY_ADDRESS: False,
            const.CONF_SEND_BY: const.SEND_BY_UDP,
        }
        return facts | {const.CONF_UDP: udp}
    smpp = {
        const.CONF_SMPP_SYSTEM_ID: "goip",
        const.CONF_SMPP_PASSWORD: "goip",
        const.CONF_SMPP_PORT: ports.get("smpp"),
    }
    return facts | {const.CONF_SMPP: smpp} if "smpp" in ports else facts


def _sim(box: str, line: int) -> ConfigSubentryDataWithId:
    return ConfigSubentryDataWithId(
        subentry_id=f"{box}{line}",
        subentry_type=const.SUBENTRY_SIM,
        title=f"SIM {line}",
        unique_id=f"sim_{line}",
        data={"channel": line, "use_for_sending": "always"},
    )


if __name__ == "__main__":
    main()
