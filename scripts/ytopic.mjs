#!/usr/bin/env node
// The command `ytopic ...args`, for those who have Node in their PATH but not Bun.
import { runYtopic } from './run-ytopic.mjs'

runYtopic(process.argv.slice(2))
