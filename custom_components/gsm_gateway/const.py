"""Names that the whole integration shares."""

from datetime import timedelta
from typing import Final

DOMAIN: Final = "gsm_gateway"

EVENT_SMS_RECEIVED: Final = f"{DOMAIN}_sms_received"
EVENT_SMS_STATUS: Final = f"{DOMAIN}_sms_status"
EVENT_CALL_RECEIVED: Final = f"{DOMAIN}_call_received"

SUBENTRY_SIM: Final = "sim"
SUBENTRY_CONTACT: Final = "contact"

CONF_BRAND: Final = "brand"
BRAND_GOIP: Final = "goip"
BRAND_YEASTAR: Final = "yeastar"

CONF_TLS: Final = "tls"
CONF_HTTP_PORT: Final = "http_port"
CONF_MODULE_IMEIS: Final = "module_imeis"
CONF_AMI_PORT: Final = "ami_port"
CONF_USE_AMI: Final = "use_ami"
CONF_SMPP: Final = "smpp"
CONF_SMPP_PORT: Final = "smpp_port"
CONF_SMPP_SYSTEM_ID: Final = "smpp_system_id"
CONF_SMPP_PASSWORD: Final = "smpp_password"
CONF_UDP: Final = "udp"
"""GoIP's own SMS server protocol; a box has at most one of this and SMPP."""
CONF_UDP_PORT: Final = "udp_port"
"""Ours: the box calls."""
CONF_UDP_PASSWORD: Final = "udp_password"
CONF_UDP_IDS: Final = "udp_ids"
"""Ids of the lines in order, line 1 first; empty for a line that is not used."""
CONF_ONLY_ADDRESS: Final = "only_address"
"""Whether the lines are believed only where they call from the box's own address."""
CONF_SEND_BY: Final = "send_by"
SEND_BY_UDP: Final = "udp"
SEND_BY_WEB: Final = "web"
DEFAULT_HTTP_PORT: Final = 80
DEFAULT_HTTPS_PORT: Final = 443
DEFAULT_AMI_PORT: Final = 5038
DEFAULT_SMPP_PORT: Final = 7777
DEFAULT_UDP_PORT: Final = 44444

CONF_NOTIFY_NAME: Final = "notify_name"

CONF_CHANNEL: Final = "channel"
CONF_OPERATOR: Final = "operator"
CONF_IMSI: Final = "imsi"
CONF_ICCID: Final = "iccid"
CONF_OTHER_CARD: Final = "other_card"
"""Another card that was found in the SIM's port, until the user has said what it is."""
CONF_SINCE: Final = "since"
CONF_CARD_SINCE: Final = "card_since"
"""Since when the SIM has the card that it has, if it had another one before."""
CONF_KNOWN_PORTS: Final = "known_ports"
"""Ports whose SIM was added once: by itself, a SIM comes to none of them again."""
CONF_BALANCE_CODE: Final = "balance_code"
CONF_BALANCE_INTERVAL: Final = "balance_interval"
"""Hours between two balance questions."""
CONF_CURRENCY: Final = "currency"
CONF_USE_FOR_SENDING: Final = "use_for_sending"
DEFAULT_BALANCE_INTERVAL: Final = 24
CONF_COUNTRY: Final = "country"
"""ISO 3166-1, of the card's operator."""
CONF_BALANCE_PATTERN: Final = "balance_pattern"
"""Regular expression that finds the balance in this SIM's answers."""
CONF_BALANCE_ONLY_AFTER_SENT: Final = "balance_only_after_sent"
CONF_BALANCE_AFTER_SMS: Final = "balance_after_sms"
CONF_BALANCE_PER_DAY: Final = "balance_per_day"
"""The most questions in a day that nobody asked for by hand."""
DEFAULT_BALANCE_PER_DAY: Final = 4
CONF_QUIET_FROM: Final = "balance_quiet_from"
CONF_QUIET_TO: Final = "balance_quiet_to"
CONF_BALANCE_SENDER: Final = "balance_sender"
"""Who sends the balance as an SMS, where the operator answers so."""
CONF_BALANCE_LOW: Final = "balance_low"
"""Below which the balance is low, in the SIM's currency."""
CONF_EXPIRY_DAYS: Final = "expiry_days"
"""Days before its end of validity from which a SIM is about to lapse."""
DEFAULT_EXPIRY_DAYS: Final = 7
CONF_KEEP_ALIVE_DAYS: Final = "keep_alive_days"
"""Days without an SMS of its own after which a SIM sends one; None means never."""
CONF_KEEP_ALIVE_NUMBER: Final = "keep_alive_number"
CONF_KEEP_ALIVE_TEXT: Final = "keep_alive_text"
CONF_PARTS_PER_HOUR: Final = "parts_per_hour"
CONF_PARTS_PER_DAY: Final = "parts_per_day"
CONF_PARTS_PER_MONTH: Final = "parts_per_month"
CONF_RECIPIENTS_PER_DAY: Final = "recipients_per_day"
"""None means as many as there are."""
CONF_PACING: Final = "pacing"
"""Seconds between two SMS; None means the box's own pace."""
CONF_ROAMING: Final = "roaming"
"""Whether the SIM may do abroad what it does at home."""
CONF_NUMBER_FORM: Final = "number_form"
CONF_REJECT_CALLS: Final = "reject_calls"
"""Whether voice calls to the SIM are rejected at once."""

CONF_TRUSTED_SENDERS: Final = "trusted_senders"
"""Of a SIM or, for those that have none, of the box; none at all means everybody."""
CONF_PRIVATE_SENDERS: Final = "private_senders"
CONF_KEEP_DAYS: Final = "keep_days"
DEFAULT_KEEP_DAYS: Final = 90
CONF_SHOW_TEXTS: Final = "show_texts"
"""Whether the last message of a box shows the texts of the last ten."""

CONF_NUMBER: Final = "number"
CONF_SIMS: Final = "sims"
"""Subentry ids of the SIMs to send with, in this order; empty means any."""
CONF_FALLBACK: Final = "fallback"
CONF_PRIORITY: Final = "priority"
CONF_EXPIRE_AFTER: Final = "expire_after"
"""Minutes."""

STATUS_INTERVAL: Final = timedelta(seconds=45)
