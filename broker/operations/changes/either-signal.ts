/** A signal that is aborted with the first of others. */
export interface EitherSignal {
  readonly signal: AbortSignal
  /** To be called when it is of no use any more: a signal that lives long remembers nobody then. */
  release(): void
}

/** Makes one signal of several; unlike `AbortSignal.any` it can be let go. */
export function eitherSignal(signals: readonly AbortSignal[]): EitherSignal {
  const either = new AbortController()
  const abort = (): void => either.abort()
  for (const signal of signals) {
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  }
  return {
    signal: either.signal,
    release: () => {
      for (const signal of signals) signal.removeEventListener('abort', abort)
    },
  }
}
