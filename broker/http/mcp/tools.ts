import type { Tool } from './tool.ts'
import { aggregate, count } from './tools/aggregate.ts'
import { changes } from './tools/changes.ts'
import { describeType } from './tools/describe-type.ts'
import { discoverTypes } from './tools/discover-types.ts'
import { history } from './tools/history.ts'
import { query } from './tools/query.ts'
import { subscribe, unsubscribe } from './tools/subscribe.ts'

/** Every tool, in the order in which clients are told of them. */
export const TOOLS: readonly Tool[] = [
  discoverTypes,
  describeType,
  query,
  count,
  history,
  aggregate,
  changes,
  subscribe,
  unsubscribe,
]
