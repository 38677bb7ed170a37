/**
 * What makes version 1 of the tables, in a schema of their own.
 *
 * A row's number is drawn from one sequence while its document's row is locked: so the numbers of
 * one document become visible in their order, which those of a sequence alone do not, and none
 * comes twice. `last` and `tag` are those of its newest row, 0 before the first of a life.
 * `born` is what a purge leaves: whatever has a number up to it belongs to a former life.
 * A name without content (`live` is false) is there for its epoch, or because somebody is about to
 * append. Names and authors are bytes, as text cannot hold every character.
 * The fillfactor leaves room in the page for the next versions of a row, which then need no new
 * entry in an index.
 */
const tables = (schema: string): readonly string[] => [
  `CREATE SEQUENCE ${schema}.row_number`,
  `CREATE TABLE ${schema}.document (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name bytea NOT NULL UNIQUE,
    epoch integer NOT NULL DEFAULT 1,
    life integer NOT NULL DEFAULT 1,
    live boolean NOT NULL DEFAULT false,
    born bigint NOT NULL DEFAULT 0,
    last bigint NOT NULL DEFAULT 0,
    tag bigint NOT NULL DEFAULT 0,
    created bigint,
    deleted bigint,
    dead bytea
  ) WITH (fillfactor = 70)`,
  `CREATE INDEX document_purged ON ${schema}.document (id) WHERE born > 0`,
  `CREATE TABLE ${schema}.log (
    document bigint NOT NULL,
    sequence bigint NOT NULL,
    tag bigint NOT NULL,
    count integer NOT NULL,
    checksum bigint NOT NULL,
    time bigint NOT NULL,
    authors bytea,
    bytes bytea NOT NULL,
    PRIMARY KEY (document, sequence)
  )`,
  `ALTER TABLE ${schema}.log ALTER bytes SET STORAGE EXTERNAL`,
  `CREATE TABLE ${schema}.snapshot (
    document bigint PRIMARY KEY,
    through bigint NOT NULL,
    tag bigint NOT NULL,
    checksum bigint NOT NULL,
    time bigint,
    attribution bytea,
    bytes bytea NOT NULL
  )`,
  `CREATE TABLE ${schema}.damaged (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document bigint NOT NULL,
    of_snapshot boolean NOT NULL,
    sequence bigint NOT NULL,
    sound boolean NOT NULL,
    bytes bytea NOT NULL,
    reason text NOT NULL,
    time timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX damaged_document ON ${schema}.damaged (document)`,
  `CREATE TABLE ${schema}.author (id bytea PRIMARY KEY, person bytea NOT NULL, name bytea)`,
]

/**
 * Version 2: kept states, what happened to documents, and who is told of it. `told` of a document
 * is the highest row that an event tells of; what was there before counts as told. `after` of a
 * version is the time of the one that was the newest when it was made: two that were made at a time
 * have the same, and one of them is kept. The numbers of events come from a row that is locked for
 * that, behind those of the documents: so they become visible in their order.
 */
const historyAndEvents = (schema: string): readonly string[] => [
  `ALTER TABLE ${schema}.document ADD COLUMN told bigint NOT NULL DEFAULT 0`,
  `UPDATE ${schema}.document SET told = last`,
  `CREATE TABLE ${schema}.version (
    document bigint NOT NULL,
    time bigint NOT NULL,
    after bigint NOT NULL,
    life integer NOT NULL,
    kind text NOT NULL,
    name bytea,
    meta bytea,
    authors text NOT NULL,
    restored_from bigint,
    keyframe boolean NOT NULL,
    state_bytes bigint NOT NULL,
    checksum bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (document, time),
    UNIQUE (document, after)
  )`,
  `CREATE TABLE ${schema}.event_reach (last bigint NOT NULL, dropped bigint NOT NULL)`,
  `INSERT INTO ${schema}.event_reach VALUES (0, 0)`,
  `CREATE TABLE ${schema}.event (
    sequence bigint PRIMARY KEY,
    time bigint NOT NULL,
    type text NOT NULL,
    document bytea NOT NULL,
    data text NOT NULL
  )`,
  `CREATE INDEX event_document ON ${schema}.event (document)`,
  `CREATE INDEX event_time ON ${schema}.event (time)`,
  `CREATE TABLE ${schema}.webhook (
    id text PRIMARY KEY,
    told text NOT NULL,
    created bigint NOT NULL,
    disabled text,
    cursor bigint NOT NULL,
    holder text,
    held_until timestamptz
  )`,
  `CREATE TABLE ${schema}.delivery (
    webhook text NOT NULL,
    event bigint NOT NULL,
    told text NOT NULL,
    PRIMARY KEY (webhook, event)
  )`,
  `CREATE INDEX delivery_event ON ${schema}.delivery (event)`,
]

/** Version 3: keys of requests over HTTP, with the answers that they were given. */
const idempotencyKeys = (schema: string): readonly string[] => [
  `CREATE TABLE ${schema}.idempotency_key (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key bytea NOT NULL UNIQUE,
    request text NOT NULL,
    at bigint NOT NULL,
    status integer,
    headers text,
    body bytea
  )`,
  `CREATE INDEX idempotency_key_at ON ${schema}.idempotency_key (at)`,
]

/**
 * Version 4: messages in rooms. A room that is purged takes all with it, also what another server
 * posts at that moment; the next message of its name makes another one. `last` is the highest
 * number that was given to a message, `acts` how much was done in the room: both rise while its row
 * is locked, so that what was done becomes visible in its order. Digests stand in the indexes where
 * an id may be too long for one.
 */
const messages = (schema: string): readonly string[] => [
  `CREATE TABLE ${schema}.message_room (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room bytea NOT NULL UNIQUE,
    last bigint NOT NULL,
    acts bigint NOT NULL
  ) WITH (fillfactor = 70)`,
  `CREATE TABLE ${schema}.message (
    room bigint NOT NULL REFERENCES ${schema}.message_room ON DELETE CASCADE,
    seq bigint NOT NULL,
    act bigint NOT NULL,
    at bigint NOT NULL,
    person bytea NOT NULL,
    name bytea,
    color bytea,
    text bytea NOT NULL,
    nonce bytea,
    edited bigint,
    deleted bigint,
    PRIMARY KEY (room, seq)
  )`,
  `CREATE UNIQUE INDEX message_act ON ${schema}.message (room, act)`,
  `CREATE INDEX message_at ON ${schema}.message (at)`,
  `CREATE UNIQUE INDEX message_nonce ON ${schema}.message (room, sha256(person), sha256(nonce))
    WHERE nonce IS NOT NULL`,
  `CREATE TABLE ${schema}.message_read (
    room bigint NOT NULL REFERENCES ${schema}.message_room ON DELETE CASCADE,
    person bytea NOT NULL,
    seq bigint NOT NULL
  )`,
  `CREATE UNIQUE INDEX message_read_person ON ${schema}.message_read (room, sha256(person))`,
]

/** Version 5: rows may come from a file of before times were kept. */
const rowsWithoutTime = (schema: string): readonly string[] => [
  `ALTER TABLE ${schema}.log ALTER time DROP NOT NULL`,
]

/**
 * Version 6: access that was taken back. `key` is a digest of the document and the person. The
 * numbers come from a row that is locked for that, so they become visible in their order.
 */
const revocations = (schema: string): readonly string[] => [
  `CREATE TABLE ${schema}.revocation_reach (last bigint NOT NULL, tag bigint NOT NULL)`,
  `INSERT INTO ${schema}.revocation_reach VALUES (0, 0)`,
  `CREATE TABLE ${schema}.revocation (
    key text PRIMARY KEY,
    number bigint NOT NULL UNIQUE,
    tag bigint NOT NULL,
    document bytea,
    person bytea,
    at bigint NOT NULL
  )`,
]

/** One step from a version of the tables to the next. */
interface Migration {
  readonly steps: (schema: string) => readonly string[]
  /** The oldest program that may write the tables then, told by the version that it knows. */
  readonly oldestWriter: number
}

/** By the version that each starts from; one that was released is never changed. */
export const migrations: readonly Migration[] = [
  { steps: tables, oldestWriter: 1 },
  // A program of before would make documents without saying so.
  { steps: historyAndEvents, oldestWriter: 2 },
  { steps: idempotencyKeys, oldestWriter: 2 },
  // One of before would purge a document and leave its messages.
  { steps: messages, oldestWriter: 4 },
  { steps: rowsWithoutTime, oldestWriter: 4 },
  { steps: revocations, oldestWriter: 4 },
]

/** Kept in the table `meta`. */
export const schemaVersion = migrations.length
