import { aborted } from './files.ts'
import type { Transport } from './transport.ts'

/** Waits: what comes in over the hub's own route is handed to the feed directly. */
export function webhook(): Transport {
  return (_intake, signal) => aborted(signal)
}
