// What y-websocket's messages begin with, and receipts of ours.
export const sync = 0
export const awareness = 1
export const auth = 2
export const queryAwareness = 3
export const saved = 110
