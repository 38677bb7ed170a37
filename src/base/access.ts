/** What somebody may do with a document: see it, or change it as well. */
export type Access = 'read' | 'write'
