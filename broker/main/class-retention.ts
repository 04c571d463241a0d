import type { Logger } from 'pino'
import type { JsonObject } from '../core/model/json.ts'

/** Erases what is kept too long, beside requests. */
export interface ClassRetentionRuns {
  /** Begins at once, and goes on every hour. */
  start(): void
  /** Ends what is under way where it is, and resolves. */
  stop(): Promise<void>
}

const HOUR_MS = 3_600_000

/** Makes what erases personal data that is kept too long, one run after the other. */
export function classRetention(
  keepNoLonger: (signal: AbortSignal) => Promise<JsonObject | undefined>,
  log: Pick<Logger, 'info' | 'error'>,
): ClassRetentionRuns {
  const ending = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  const run = (): void => {
    running ??= keepNoLonger(ending.signal)
      .then((report) => {
        if (report) log.info({ report: report.id }, 'personal data that was kept long enough is erased')
      })
      .catch((err: unknown) => log.error({ err }, 'personal data is kept longer than it may be'))
      .finally(() => {
        running = undefined
      })
  }
  return {
    start: () => {
      timer = setInterval(run, HOUR_MS).unref()
      run()
    },
    stop: async () => {
      clearInterval(timer)
      ending.abort()
      await running
    },
  }
}
