import type { Granted } from 'ytopic/granted'

/** What this device keeps of one life of a document, for one person. */
export interface Copy {
  /** Names server, document and person. */
  readonly place: string
  /** Counts the lives of the document that were kept here. */
  readonly life: number
  /** The server's word for that life; undefined while it has not said it. */
  readonly incarnation: string | undefined
  /** What the server has last let the person do; undefined while it has not said it. */
  readonly access: Granted['access'] | undefined
  /** The rows up to `folded` as one update; undefined where there are none. */
  readonly snapshot: Uint8Array | undefined
  readonly folded: number
  /** Number of the last row. */
  readonly last: number
  /** Edits made on this device that are not known to be on the server's disk. */
  readonly pending: number
  /** State vector of what is known to be there. */
  readonly acknowledged: Uint8Array | undefined
  /** When another life was found, in milliseconds since 1970; undefined for the one in use. */
  readonly endedAt: number | undefined
}

/** An update as it was kept. */
export interface Row {
  readonly place: string
  readonly life: number
  readonly row: number
  readonly update: Uint8Array
  /** How many edits of this device are in it. */
  readonly edits: number
}

/** The tables, within a transaction. */
export interface Tables {
  readonly copies: IDBObjectStore
  readonly rows: IDBObjectStore
}

const databaseName = 'ytopic-offline'
const tableNames = ['copies', 'rows'] as const

/** The one connection of this page; undefined before it is wanted, and after it was closed. */
let connection: Promise<IDBDatabase> | undefined

function connect(): Promise<IDBDatabase> {
  connection ??= open().catch((error: unknown) => {
    forget()
    throw error
  })
  return connection
}

function forget(): void {
  connection = undefined
}

async function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(databaseName, 1)
  request.onupgradeneeded = () => {
    request.result.createObjectStore('copies', { keyPath: ['place', 'life'] })
    request.result.createObjectStore('rows', { keyPath: ['place', 'life', 'row'] })
  }
  const database = await answered(request)
  database.onclose = forget
  // Somebody deletes all, or a page of a later version wants other tables.
  database.onversionchange = () => {
    forget()
    database.close()
  }
  return database
}

/** The same of what we have put there, in its form. */
export async function found<Form>(request: IDBRequest): Promise<Form> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody else writes there
  return (await answered<unknown>(request)) as Form
}

/** What a request of the database gives. */
export function answered<Answer>(request: IDBRequest<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('The database gave no answer.'))
  })
}

/**
 * Does something in a transaction. It may wait for nothing but the database.
 * @param durability `strict` resolves when it is on the disk of the device
 * @throws DOMException where nothing can be kept; then nothing was changed
 */
export async function inTransaction<Result>(
  mode: 'readonly' | 'readwrite',
  durability: IDBTransactionDurability,
  work: (tables: Tables) => Promise<Result>,
): Promise<Result> {
  const database = await connect()
  const transaction = database.transaction(tableNames, mode, { durability })
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('It was cut short.'))
  })
  const working = work({
    copies: transaction.objectStore('copies'),
    rows: transaction.objectStore('rows'),
  })
  // What failed in the work is what is told, and not that it failed in the end.
  const [result] = await Promise.all([working, done])
  return result
}
