"""What a bug report needs to know, from a list of what may be told."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.const import CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .cards import Card
from .const import (
    CONF_AMI_PORT,
    CONF_BALANCE_AFTER_SMS,
    CONF_BALANCE_CODE,
    CONF_BALANCE_INTERVAL,
    CONF_BALANCE_ONLY_AFTER_SENT,
    CONF_BALANCE_PATTERN,
    CONF_BALANCE_PER_DAY,
    CONF_BALANCE_SENDER,
    CONF_BRAND,
    CONF_CHANNEL,
    CONF_COUNTRY,
    CONF_CURRENCY,
    CONF_EXPIRE_AFTER,
    CONF_FALLBACK,
    CONF_HTTP_PORT,
    CONF_KEEP_DAYS,
    CONF_NUMBER_FORM,
    CONF_ONLY_ADDRESS,
    CONF_OTHER_CARD,
    CONF_PACING,
    CONF_PARTS_PER_DAY,
    CONF_PARTS_PER_HOUR,
    CONF_PARTS_PER_MONTH,
    CONF_PRIORITY,
    CONF_PRIVATE_SENDERS,
    CONF_QUIET_FROM,
    CONF_QUIET_TO,
    CONF_RECIPIENTS_PER_DAY,
    CONF_REJECT_CALLS,
    CONF_ROAMING,
    CONF_SEND_BY,
    CONF_SHOW_TEXTS,
    CONF_SIMS,
    CONF_SMPP,
    CONF_SMPP_PORT,
    CONF_TLS,
    CONF_TRUSTED_SENDERS,
    CONF_UDP,
    CONF_UDP_IDS,
    CONF_UDP_PORT,
    CONF_USE_AMI,
    CONF_USE_FOR_SENDING,
    SUBENTRY_CONTACT,
    SUBENTRY_SIM,
)
from .devices import identifier
from .messaging.line import Line
from .runtime import GatewayRuntime, GsmGatewayConfigEntry
from .sms_servers import known_server

ENTRY_FACTS: Final = (
    CONF_BRAND,
    CONF_TLS,
    CONF_HTTP_PORT,
    CONF_AMI_PORT,
    CONF_USE_AMI,
    CONF_VERIFY_SSL,
)
OPTION_FACTS: Final = (CONF_KEEP_DAYS, CONF_SHOW_TEXTS)
SIM_FACTS: Final = (
    CONF_CHANNEL,
    CONF_BALANCE_INTERVAL,
    CONF_BALANCE_ONLY_AFTER_SENT,
    CONF_BALANCE_AFTER_SMS,
    CONF_BALANCE_PER_DAY,
    CONF_QUIET_FROM,
    CONF_QUIET_TO,
    CONF_COUNTRY,
    CONF_CURRENCY,
    CONF_USE_FOR_SENDING,
    CONF_PARTS_PER_HOUR,
    CONF_PARTS_PER_DAY,
    CONF_PARTS_PER_MONTH,
    CONF_RECIPIENTS_PER_DAY,
    CONF_PACING,
    CONF_ROAMING,
    CONF_NUMBER_FORM,
    CONF_REJECT_CALLS,
)
LINE_FACTS: Final = ("enabled", "connected", "registered", "busy", "busy_with_ussd")
STATUS_FACTS: Final = (
    "sim_present",
    "registered",
    "roaming",
    "module_on",
    "signal_csq",
    "operator",
    "line_state",
)
TO_REDACT: Final = {
    "address",
    "answer",
    "answers",
    "balance_code",
    "balance_pattern",
    "balance_sender",
    "host",
    "iccid",
    "imei",
    "imsi",
    "mac",
    "module_imeis",
    "number",
    "password",
    "private_senders",
    "sender",
    "serial",
    "smpp_password",
    "smpp_system_id",
    "text",
    "to",
    "trusted_senders",
    "udp_ids",
    "udp_password",
    "unread",
    "username",
}
"""The second net: no list above has any of these."""


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: GsmGatewayConfigEntry
) -> dict[str, Any]:
    """Return what is known of a box; less while it is not loaded."""
    told: dict[str, Any] = {
        "settings": _settings(entry),
        "contacts": [
            _contact(c) for c in entry.get_subentries_of_type(SUBENTRY_CONTACT)
        ],
        "sims": [
            _sim(entry, sim) for sim in entry.get_subentries_of_type(SUBENTRY_SIM)
        ],
    }
    if entry.state is ConfigEntryState.LOADED:
        told |= _runtime(entry)
    return async_redact_data(told, TO_REDACT)


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: GsmGatewayConfigEntry, device: dr.DeviceEntry
) -> dict[str, Any]:
    """Return what is known of a SIM, a contact or the box."""
    for subentry in entry.subentries.values():
        if identifier(entry, subentry.subentry_id) in device.identifiers:
            is_sim = subentry.subentry_type == SUBENTRY_SIM
            told = _sim(entry, subentry) if is_sim else _contact(subentry)
            return async_redact_data(told, TO_REDACT)
    return await async_get_config_entry_diagnostics(hass, entry)


def _settings(entry: GsmGatewayConfigEntry) -> dict[str, Any]:
    smpp, udp = entry.data.get(CONF_SMPP), entry.data.get(CONF_UDP)
    return {
        **_chosen(entry.data, ENTRY_FACTS),
        "smpp": smpp and _chosen(smpp, (CONF_SMPP_PORT,)),
        "udp": udp and _udp(udp),
        "identity_known": entry.unique_id is not None,
        **_chosen(entry.options, OPTION_FACTS),
        "trusted_sender_count": len(entry.options.get(CONF_TRUSTED_SENDERS, ())),
        "private_sender_count": len(entry.options.get(CONF_PRIVATE_SENDERS, ())),
    }


def _udp(udp: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **_chosen(udp, (CONF_UDP_PORT, CONF_ONLY_ADDRESS, CONF_SEND_BY)),
        "lines": sum(map(bool, udp[CONF_UDP_IDS])),
    }


def _contact(contact: ConfigSubentry) -> dict[str, Any]:
    return {
        **_chosen(contact.data, (CONF_FALLBACK, CONF_PRIORITY, CONF_EXPIRE_AFTER)),
        "sims": len(contact.data.get(CONF_SIMS, ())),
    }


def _sim(entry: GsmGatewayConfigEntry, sim: ConfigSubentry) -> dict[str, Any]:
    told: dict[str, Any] = {
        **_chosen(sim.data, SIM_FACTS),
        "trusted_sender_count": len(sim.data.get(CONF_TRUSTED_SENDERS, ())),
        "balance_asked_for": bool(sim.data.get(CONF_BALANCE_CODE)),
        "balance_pattern_set": bool(sim.data.get(CONF_BALANCE_PATTERN)),
        "balance_sender_set": bool(sim.data.get(CONF_BALANCE_SENDER)),
        "card_known": Card.of(sim.data).is_told,
        "other_card": CONF_OTHER_CARD in sim.data,
    }
    if entry.state is ConfigEntryState.LOADED:
        runtime = entry.runtime_data
        if line := runtime.lines.get(sim.subentry_id):
            told |= _sim_at_work(runtime, sim, line)
    return told


def _sim_at_work(
    runtime: GatewayRuntime, sim: ConfigSubentry, line: Line
) -> dict[str, Any]:
    status = runtime.status.data.channel(line.channel)
    balance = runtime.balances.known(sim.subentry_id)
    schedule = balance.schedule
    used = runtime.messenger.guard.used(line.line_id)
    return {
        "line": {fact: getattr(line, fact) for fact in LINE_FACTS},
        "traffic": {
            "sent_today": used.today,
            "sent_this_month": used.month_parts,
            "waiting": runtime.messenger.outbox.waiting(line.line_id),
        },
        "status": status
        and {
            **{fact: getattr(status, fact) for fact in STATUS_FACTS},
            "heard_at": _iso(status.heard_at),
        },
        "balance": {
            "asked": _iso(schedule.last_asked) if schedule else None,
            "asked_that_day": balance.count and balance.count.questions,
            "due": _iso(schedule.next_due) if schedule else None,
            "checked": _iso(balance.checked),
            "currency": balance.currency,
            "known": balance.balance is not None,
            "valid_until_known": balance.valid_until is not None,
            "answer_unread": balance.unread is not None,
            "listening_for_sms": _iso(balance.listens_until),
            "in_vain": balance.silent,
            "readings": len(runtime.balances.readings(sim.subentry_id)),
        },
    }


def _runtime(entry: GsmGatewayConfigEntry) -> dict[str, Any]:
    runtime = entry.runtime_data
    gateway, status, gap = runtime.gateway, runtime.status, runtime.connection.gap
    return {
        "box": {"model": status.data.model, "firmware": status.data.firmware},
        "connection": {
            "connected": runtime.connection.connected,
            "not_listening_from": _iso(gap.since),
            "not_listening_to": _iso(gap.until),
            "status_read": status.last_update_success,
        },
        "abilities": {
            "receiver": type(gateway.receiver).__name__,
            "sender": type(gateway.sender).__name__,
            "sender_reaches": gateway.sender.reaches.name.lower(),
            "ussd": type(gateway.ussd).__name__,
            "status": type(gateway.status).__name__,
            "inbox_page": gateway.inbox is not None,
            "inbox_pushes": gateway.inbox_pushes,
            "status_pushes": gateway.status_pushes,
            "call_dropper": gateway.call_dropper is not None,
            "calls": gateway.tells_calls,
            "module_switch": gateway.module_switch is not None,
            "module_restarter": gateway.module_restarter is not None,
            "restarter": gateway.restarter is not None,
            "pacing": gateway.pacing,
        },
        "udp_port": _port(runtime),
        "outbox": {
            state.value: count
            for state, count in runtime.messenger.outbox.counts().items()
        },
    }


def _port(runtime: GatewayRuntime) -> dict[str, Any] | None:
    """Return what came in vain to the port that the box calls, if it calls one."""
    udp = runtime.entry.data.get(CONF_UDP)
    server = udp and known_server(runtime.hass, udp[CONF_UDP_PORT])
    if not server:
        return None
    trouble = server.trouble
    return {
        "open": server.bound_port is not None,
        "trouble": trouble and trouble.strerror,
        "refused": dict(server.refused),
        "unknown_boxes": len(server.strangers),
    }


def _chosen(data: Mapping[str, Any], facts: Iterable[str]) -> dict[str, Any]:
    return {fact: data[fact] for fact in facts if fact in data}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
