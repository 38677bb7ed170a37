/** `ytop` in ASCII: marks the file as ours (`PRAGMA application_id`). */
export const applicationId = 0x79746f70

/**
 * What makes version 1 of the tables, as ytopic 0.1.0 wrote them.
 *
 * The log is append-only and its index (`entry`) follows in large steps: an index kept up at every
 * commit dirties one page per document and made commits of many documents 3 to 4 times slower.
 * `position` holds the highest sequence ever given (so that none comes twice, whatever was
 * dropped) and how far the index reaches; rows behind that are found by reading them.
 */
const tables = `
  CREATE TABLE document (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE BINARY
  );
  CREATE TABLE log (
    sequence INTEGER PRIMARY KEY,
    document INTEGER NOT NULL,
    count INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    bytes BLOB NOT NULL
  );
  CREATE TABLE entry (
    document INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (document, sequence)
  ) WITHOUT ROWID;
  CREATE TABLE position (
    last INTEGER NOT NULL,
    indexed INTEGER NOT NULL
  );
  INSERT INTO position VALUES (0, 0);
  CREATE TABLE snapshot (
    document INTEGER PRIMARY KEY,
    through INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    bytes BLOB NOT NULL
  );
  CREATE TABLE damaged (
    id INTEGER PRIMARY KEY,
    document TEXT NOT NULL COLLATE BINARY,
    entry TEXT NOT NULL,
    bytes BLOB,
    reason TEXT NOT NULL,
    time TEXT NOT NULL
  );
  CREATE INDEX damaged_document ON damaged (document);
  PRAGMA application_id = ${applicationId}
`

/**
 * Lives, times and authors. A name is kept with its epoch also when nothing is stored of it any
 * more (`live` is 0 then): what comes late for a former life must find that it has ended. `life`
 * is the epoch in which the present one began. Times are milliseconds since 1970, NULL where they
 * were not kept. `authors` has a number of 32 bits for each update of the row, NULL for none.
 * The tag of a row is its checksum; a snapshot keeps that of the row which it goes through.
 */
const lives = `
  ALTER TABLE document ADD COLUMN epoch INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE document ADD COLUMN life INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE document ADD COLUMN live INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE document ADD COLUMN created INTEGER;
  ALTER TABLE document ADD COLUMN deleted INTEGER;
  ALTER TABLE document ADD COLUMN dead BLOB;
  ALTER TABLE log ADD COLUMN time INTEGER;
  ALTER TABLE log ADD COLUMN authors BLOB;
  ALTER TABLE snapshot ADD COLUMN tag INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE snapshot ADD COLUMN time INTEGER;
  ALTER TABLE snapshot ADD COLUMN attribution BLOB;
  CREATE TABLE author (
    id INTEGER PRIMARY KEY,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (person, name)
  );
  CREATE TABLE store (id TEXT NOT NULL);
  INSERT INTO store VALUES (lower(hex(randomblob(16))))
`

/**
 * Kept states, newest last. `bytes` is a whole state (`keyframe`) or follows on the version before;
 * `checksum` is over it, the document's name and the time, which is the version's id.
 */
const versions = `
  CREATE TABLE version (
    document INTEGER NOT NULL,
    time INTEGER NOT NULL,
    life INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT,
    meta TEXT,
    authors BLOB NOT NULL,
    restored_from INTEGER,
    keyframe INTEGER NOT NULL,
    state_bytes INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    bytes BLOB NOT NULL
  );
  CREATE UNIQUE INDEX version_time ON version (document, time)
`

/**
 * What happened to documents, and who is told of it. `told` of a document is the highest row that
 * an event tells of; what an older file holds counts as told. Rows of `delivery` are for what an
 * endpoint has not taken. An event up to `dropped` is kept only for those.
 */
const events = `
  CREATE TABLE event (
    sequence INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    type TEXT NOT NULL,
    document TEXT NOT NULL COLLATE BINARY,
    data TEXT NOT NULL
  );
  CREATE TABLE event_reach (
    last INTEGER NOT NULL,
    dropped INTEGER NOT NULL
  );
  INSERT INTO event_reach VALUES (0, 0);
  ALTER TABLE document ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
  UPDATE document SET told = (SELECT last FROM position);
  CREATE TABLE webhook (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    prefix TEXT,
    secret TEXT NOT NULL,
    created INTEGER NOT NULL,
    disabled TEXT,
    cursor INTEGER NOT NULL
  );
  CREATE TABLE delivery (
    webhook TEXT NOT NULL,
    event INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    at INTEGER,
    status INTEGER,
    error TEXT,
    next INTEGER,
    PRIMARY KEY (webhook, event)
  ) WITHOUT ROWID
`

/**
 * Messages in rooms. `last` is the highest number ever given in a room, whatever was dropped.
 * `person` is the author's id, empty where nobody vouched for one.
 */
const messages = `
  CREATE TABLE message_room (
    room TEXT PRIMARY KEY COLLATE BINARY,
    last INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE message (
    room TEXT NOT NULL COLLATE BINARY,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    person TEXT NOT NULL,
    name TEXT,
    color TEXT,
    text TEXT NOT NULL,
    nonce TEXT,
    edited INTEGER,
    deleted INTEGER,
    PRIMARY KEY (room, seq)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX message_nonce ON message (room, person, nonce) WHERE nonce IS NOT NULL;
  CREATE TABLE message_read (
    room TEXT NOT NULL COLLATE BINARY,
    person TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (room, person)
  ) WITHOUT ROWID
`

/**
 * Keys that clients give to requests, oldest first. `request` is a digest of what was asked; the
 * answer is NULL until there is one.
 */
const idempotency = `
  CREATE TABLE idempotency_key (
    key TEXT NOT NULL UNIQUE COLLATE BINARY,
    request TEXT NOT NULL,
    at INTEGER NOT NULL,
    status INTEGER,
    headers TEXT,
    body BLOB
  );
  CREATE INDEX idempotency_key_at ON idempotency_key (at)
`

/**
 * What was done in a room is counted by `acts`, and `act` is the number of what was done last to a
 * message; those that are there already count as posted and not touched since.
 */
const messageActs = `
  ALTER TABLE message_room ADD COLUMN acts INTEGER NOT NULL DEFAULT 0;
  UPDATE message_room SET acts = last;
  ALTER TABLE message ADD COLUMN act INTEGER NOT NULL DEFAULT 0;
  UPDATE message SET act = seq;
  CREATE UNIQUE INDEX message_act ON message (room, act);
  CREATE INDEX message_at ON message (at)
`

/** Access that was taken back. `key` is a digest of the document and the person. */
const revocations = `
  CREATE TABLE revocation_reach (last INTEGER NOT NULL, tag INTEGER NOT NULL);
  INSERT INTO revocation_reach VALUES (0, 0);
  CREATE TABLE revocation (
    key TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    tag INTEGER NOT NULL,
    document TEXT COLLATE BINARY,
    person TEXT COLLATE BINARY,
    at INTEGER NOT NULL
  ) WITHOUT ROWID
`

/** What brings a file from the version of its place to the next one; never changed afterwards. */
export const migrations: readonly string[] = [
  tables,
  lives,
  versions,
  events,
  messages,
  idempotency,
  messageActs,
  revocations,
]

/** Kept in `PRAGMA user_version`. */
export const schemaVersion = migrations.length
