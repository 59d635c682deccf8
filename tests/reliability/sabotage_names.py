"""The ways to break the product on purpose, each of which a run must notice."""

SABOTAGES = (
    "ack-before-store",
    "no-dedupe",
    "resend-unknown",
    "mark-after-send",
    "drop-late",
    "sync-off",
)
