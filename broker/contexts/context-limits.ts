/** Bounds of @context resolution. */
export interface ContextLimits {
  /** Size of one fetched document, bytes. */
  readonly maxBytes: number
  /** Time for all documents of one @context together, milliseconds. */
  readonly timeoutMs: number
  /** Remote contexts that name remote contexts, levels. */
  readonly maxDepth: number
  /** Contexts, remote and inline, that one @context may consist of. */
  readonly maxContexts: number
  /** Documents, term tables and hosted contexts that are remembered, each. */
  readonly cacheEntries: number
}

/** Limits for a hub that was told nothing else: the largest context in public use has 126 kB. */
export const DEFAULT_CONTEXT_LIMITS: ContextLimits = {
  maxBytes: 1_048_576,
  timeoutMs: 5_000,
  maxDepth: 5,
  maxContexts: 32,
  cacheEntries: 500,
}
