/** How often a request is sent again, and how long is waited at most. */
export interface RetryOptions {
  /** Times that a request is sent again; 4 unless said otherwise, 0 for never. */
  readonly again?: number
  /** Milliseconds of the longest wait; a hub that asks for more is refused to the caller. 30 seconds unless said otherwise. */
  readonly longestWait?: number
}

const FIRST_WAIT = 250
const AGAIN = 4
const LONGEST_WAIT = 30_000

/**
 * Sends a request until it is answered with something that does not pass by itself, or was sent often enough; answers the last answer. Only
 * what does no more when it is done twice is sent again: reads, writes of one state, creations under an Idempotency-Key, and what
 * `harmless` is true of. @throws what `fetch` does when the network fails, the reason of the signal when the request is given up
 */
export async function sendAgain(
  request: Request,
  fetch: (request: Request) => Promise<Response>,
  { again = AGAIN, longestWait = LONGEST_WAIT }: RetryOptions = {},
  harmless = mayRepeat(request),
): Promise<Response> {
  for (let tries = 0; ; tries++) {
    const isLast = !harmless || tries >= again
    try {
      const response = await fetch(request.clone())
      const wait = isLast ? undefined : waitFor(response, tries, longestWait)
      if (wait === undefined) return response
      await response.body?.cancel()
      await pause(wait, request.signal)
    } catch (fault) {
      request.signal.throwIfAborted()
      // what was written under a precondition and lost its answer would be refused the second time
      if (isLast || request.headers.has('if-match')) throw fault
      await pause(backOff(tries, longestWait), request.signal)
    }
  }
}

/** Answers how many milliseconds to wait until another answer may come; undefined: this one is it. */
function waitFor(response: Response, tries: number, longest: number): number | undefined {
  const asked = retryAfter(response)
  if (asked === undefined) return response.status === 503 ? backOff(tries, longest) : undefined
  if (!MAY_PASS.has(response.status) || asked > longest) return undefined
  return asked + Math.random() * Math.min(longest, FIRST_WAIT)
}

/** Statuses that pass by themselves where Retry-After comes with them; 409: the same key is under way. */
const MAY_PASS = new Set([409, 429, 503])

function mayRepeat({ method, url, headers }: Request): boolean {
  if (headers.has('idempotency-key')) return true
  if (method === 'POST') return /\/query$/.test(new URL(url).pathname)
  return method !== 'PATCH'
}

/** Answers a wait that grows with each failure and that no two clients have in common, in milliseconds. */
export function backOff(failures: number, longest = LONGEST_WAIT): number {
  return Math.random() * Math.min(longest, FIRST_WAIT * 2 ** Math.min(failures, 16))
}

function retryAfter({ headers }: Response): number | undefined {
  const value = headers.get('retry-after')
  if (value === null) return undefined
  const milliseconds = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds)
}

/** Waits. @throws the reason of the signal as soon as it is given up */
export function pause(milliseconds: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', stop, { once: true })
  })
}

/** Answers what a promise does, or fails with the reason of the signal as soon as it is given up. */
export async function unlessAborted<T>(promise: Promise<T>, signal?: AbortSignal | null): Promise<T> {
  if (!signal) return promise
  signal.throwIfAborted()
  let stop: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    if (stop) signal.removeEventListener('abort', stop)
  }
}
