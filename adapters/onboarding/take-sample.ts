import path from 'node:path'
import type { FeedDefinition } from '../kit/definition/feed-definition.ts'
import type { Environment } from '../kit/definition/secret.ts'
import type { TransportDefinition } from '../kit/definition/transport-definition.ts'
import type { Input } from '../kit/intake/input.ts'
import { NOTHING } from '../kit/intake/summary.ts'
import { secretsBeside } from '../kit/run/secrets-beside.ts'
import { transportOf } from '../kit/run/transport-of.ts'
import { SourceFault } from '../transports/transport.ts'

/** How long a source may take to give something, and what its credentials may be in. */
export interface SampleOptions {
  readonly patienceMs: number
  readonly environment: Environment
}

/** Messages that are enough to see what fields they have. */
const ENOUGH = 20

/** Visits a source once, as the feed will, and takes the first that it gives; nothing is kept. @throws SourceFault */
export async function takeSample(
  definition: FeedDefinition,
  { patienceMs, environment }: SampleOptions,
): Promise<readonly Input[]> {
  const secrets = secretsBeside(path.dirname(definition.file), environment)
  const signal = AbortSignal.timeout(patienceMs)
  const transport = transportOf({ ...definition, transport: forSample(definition.transport) }, secrets)
  const deliveries = transport.visit({
    memory: {},
    signal,
    isTaken: async () => false,
    remember: async () => undefined,
    reached: async () => undefined,
  })
  const late = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined)))
  const inputs: Input[] = []
  try {
    const most = definition.transport.kind === 'mqtt' ? ENOUGH : 1
    while (inputs.length < most) {
      const next = await Promise.race([deliveries.next(NOTHING), late])
      if (!next || next.done) break
      inputs.push(...next.value.inputs)
    }
  } catch (cause) {
    if (!signal.aborted) throw cause
  }
  // a source that waits for something does not answer that it is left
  void deliveries.return().catch(() => undefined)
  if (inputs.length === 0) throw new SourceFault(`Source gives nothing within ${patienceMs / 1000} seconds`)
  return inputs
}

/** A file need not settle, and a session of its own takes nothing from that of the feed. */
function forSample(transport: TransportDefinition): TransportDefinition {
  if ('stableMs' in transport) return { ...transport, stableMs: 0 }
  if (transport.kind === 'mqtt')
    return { ...transport, client: `${transport.client}-sample`, sessionSeconds: 60 }
  return transport
}
