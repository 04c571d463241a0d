import { aborted } from './aborted.ts'
import type { Transport } from './transport.ts'

/** Gives nothing of its own: what comes in over the hub's own route is handed to the feed directly. */
export function webhook(): Transport {
  return {
    pauseMs: 0,
    // biome-ignore lint/correctness/useYield: it gives nothing
    visit: async function* ({ reached, signal }) {
      await reached()
      await aborted(signal)
    },
  }
}
