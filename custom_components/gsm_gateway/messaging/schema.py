"""The tables of the message log, and how an older file becomes one of today.

Times are seconds since 1970 (UTC). Ids are the ones that outsiders see.
"""

from typing import Final

_FIRST: Final = """
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value
) WITHOUT ROWID;

CREATE TABLE box (
    box_id TEXT PRIMARY KEY,
    page_known INTEGER NOT NULL DEFAULT 0,  -- its inbox page was read once
    page_read_at REAL,
    listening_since REAL                    -- null while nobody listens
) WITHOUT ROWID;

CREATE TABLE gap (
    gap_id INTEGER PRIMARY KEY,
    box_id TEXT NOT NULL,
    since REAL NOT NULL,
    until REAL
);
CREATE INDEX gap_by_box ON gap (box_id, since);

CREATE TABLE received (
    message_id TEXT PRIMARY KEY,
    box_id TEXT NOT NULL,
    channel INTEGER NOT NULL,
    sender TEXT NOT NULL,
    text TEXT NOT NULL,
    kind TEXT NOT NULL,
    received_at REAL NOT NULL,
    time_guessed INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    redelivered INTEGER NOT NULL,           -- an event with this id was perhaps seen before
    open INTEGER NOT NULL,                  -- a late part may still be joined to it
    state TEXT NOT NULL,                    -- stored, announcing, announced, dropped
    changed_at REAL NOT NULL
);
CREATE INDEX received_by_box ON received (box_id, received_at);
CREATE INDEX received_by_time ON received (received_at);
CREATE INDEX received_waiting ON received (box_id)
 WHERE state IN ('stored', 'announcing');
CREATE INDEX received_open ON received (box_id, received_at) WHERE open;

CREATE TABLE received_part (
    part_id TEXT PRIMARY KEY,
    box_id TEXT NOT NULL,
    channel INTEGER NOT NULL,
    sender TEXT NOT NULL,
    payload BLOB NOT NULL,
    coding TEXT NOT NULL,
    transport TEXT NOT NULL,
    kind TEXT NOT NULL,
    reference TEXT,                         -- null: no part of a long message
    place INTEGER,
    total INTEGER,
    link TEXT NOT NULL,
    box_time TEXT NOT NULL,
    raw BLOB NOT NULL,                      -- what could not be read
    arrived_at REAL NOT NULL,
    doubtful INTEGER NOT NULL,              -- the box may bring it again
    message_id TEXT                         -- null: not joined yet
);
CREATE INDEX part_open ON received_part (box_id) WHERE message_id IS NULL;
CREATE INDEX part_doubtful ON received_part (box_id) WHERE doubtful = 1;
CREATE INDEX part_by_message ON received_part (message_id);
CREATE INDEX part_by_box ON received_part (box_id, arrived_at);

CREATE TABLE ledger (
    box_id TEXT NOT NULL,
    note_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,                     -- push, entry, piece
    channel INTEGER NOT NULL,
    sender TEXT NOT NULL,
    text TEXT NOT NULL,
    noted_at REAL NOT NULL,
    whole TEXT NOT NULL,                    -- of a piece: the note of its text
    place INTEGER NOT NULL                  -- of a piece: where in its text
);
CREATE INDEX ledger_by_box ON ledger (box_id, noted_at);

CREATE TABLE page_entry (
    box_id TEXT NOT NULL,
    channel INTEGER NOT NULL,
    sender TEXT NOT NULL,
    text TEXT NOT NULL,
    box_time TEXT NOT NULL,
    settled INTEGER NOT NULL,               -- how many equal ones are announced, pushed or old
    seen_at REAL NOT NULL,
    PRIMARY KEY (box_id, channel, sender, text, box_time)
);

CREATE TABLE sent (
    message_id TEXT PRIMARY KEY,
    serial INTEGER NOT NULL,                -- order of submission
    number TEXT NOT NULL,
    text TEXT NOT NULL,
    priority INTEGER NOT NULL,
    encoding TEXT NOT NULL,
    dropped INTEGER NOT NULL,               -- characters that the encoding lacks
    parts INTEGER NOT NULL,
    created_at REAL NOT NULL,
    expires_at REAL NOT NULL,
    route TEXT NOT NULL,                    -- JSON
    reach TEXT NOT NULL,                    -- a state, or empty
    state TEXT NOT NULL,
    changed_at REAL NOT NULL,
    reason TEXT NOT NULL,
    reason_key TEXT NOT NULL,
    code INTEGER,
    piece INTEGER,                          -- which one the reason is about, from 1
    pieces INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    line_id TEXT,
    box_id TEXT,
    told TEXT NOT NULL DEFAULT ''           -- the last state whose event was fired
);
CREATE INDEX sent_by_time ON sent (created_at);
CREATE INDEX sent_by_state ON sent (state);
CREATE INDEX sent_by_box ON sent (box_id, created_at);
CREATE INDEX sent_untold ON sent (message_id) WHERE told <> state;

CREATE TABLE sent_piece (
    message_id TEXT NOT NULL,
    place INTEGER NOT NULL,                 -- from 0
    text TEXT NOT NULL,
    parts INTEGER NOT NULL,
    token TEXT NOT NULL,                    -- empty: not handed over
    serial INTEGER,                         -- what the token was made of
    state INTEGER,                          -- null: nothing is heard
    reason TEXT NOT NULL,
    reason_key TEXT NOT NULL,
    code INTEGER,
    box_key TEXT NOT NULL DEFAULT '',       -- what the box calls it, if it told
    handed_at REAL,                         -- null: not handed over
    line_id TEXT,
    box_id TEXT,
    PRIMARY KEY (message_id, place)
) WITHOUT ROWID;
CREATE INDEX piece_by_time ON sent_piece (handed_at);

CREATE TABLE sent_state (
    message_id TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    code INTEGER,
    attempt INTEGER NOT NULL,
    line_id TEXT,
    at REAL NOT NULL
);
CREATE INDEX state_by_message ON sent_state (message_id);

CREATE TABLE stopped (
    number TEXT NOT NULL,
    text_hash TEXT NOT NULL,                -- empty: every text
    since REAL NOT NULL,
    cause TEXT NOT NULL,
    resumed_at REAL,                        -- null: it holds
    PRIMARY KEY (number, text_hash)
) WITHOUT ROWID;

CREATE TABLE balance (
    sim_id TEXT PRIMARY KEY,
    box_id TEXT NOT NULL,
    facts TEXT NOT NULL                     -- JSON
) WITHOUT ROWID;
"""

_UDP: Final = """
-- The box's own number of the handing over (GoIP recvid).
ALTER TABLE received_part ADD COLUMN receive_id TEXT NOT NULL DEFAULT ''
"""

_READINGS: Final = """
CREATE TABLE balance_reading (
    sim_id TEXT NOT NULL,
    box_id TEXT NOT NULL,
    at REAL NOT NULL,
    amount TEXT NOT NULL,                   -- decimal
    currency TEXT NOT NULL,
    parts INTEGER NOT NULL,                 -- that the SIM sent since the one before
    PRIMARY KEY (sim_id, currency, at)
);
CREATE INDEX reading_by_box ON balance_reading (box_id, at)
"""

MIGRATIONS: Final[tuple[str, ...]] = (_FIRST, _UDP, _READINGS)
"""Each brings a file one `user_version` further."""

BEGIN_RUN: Final[tuple[str, ...]] = (
    """
    INSERT INTO gap (box_id, since)
    SELECT box_id, max(listening_since, coalesce(
        (SELECT value FROM meta WHERE key = 'alive_at'), listening_since
    ))
    FROM box WHERE listening_since IS NOT NULL
    """,
    "UPDATE box SET listening_since = NULL WHERE listening_since IS NOT NULL",
)
"""What the first commit of a run notes: since the last sign of life nobody has listened."""
