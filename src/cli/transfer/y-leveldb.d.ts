/** What is used of y-leveldb 0.2. It has declarations, but its exports hide them. */
declare module 'y-leveldb' {
  import type * as Y from 'yjs'

  export class LeveldbPersistence {
    constructor(directory: string)
    storeUpdate(document: string, update: Uint8Array): Promise<number>
    getYDoc(document: string): Promise<Y.Doc>
    /** Gives null when the work failed, and writes why to the console. */
    getAllDocNames(): Promise<readonly string[] | null>
    /** Gives null when the work failed, and writes why to the console. */
    _transact<Result>(work: (database: unknown) => Promise<Result>): Promise<Result | null>
    destroy(): Promise<void>
  }

  export function getLevelUpdates(database: unknown, name: string): Promise<readonly Uint8Array[]>
}
