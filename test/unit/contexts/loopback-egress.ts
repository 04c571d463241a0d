import {
  type Egress,
  type EgressAnswer,
  EgressFailed,
  EgressRefused,
  type EgressRequest,
} from '../../../security/egress/egress.ts'

/** Calls 127.0.0.1 and nothing else: the way out of a hub under test. */
export const loopbackEgress: Egress = { request, close: async () => undefined }

async function request({ url, method, headers, timeoutMs, maxBytes }: EgressRequest): Promise<EgressAnswer> {
  if (new URL(url).hostname !== '127.0.0.1') throw new EgressRefused('not loopback')
  const answer = await call(url, { method, headers: { ...headers }, timeoutMs })
  const body = await answer.text()
  if (body.length > maxBytes) throw new EgressFailed('too-large', 'too large')
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body }
}

async function call(
  url: string,
  { method, headers, timeoutMs }: { method: string; headers: Record<string, string>; timeoutMs: number },
): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    return await fetch(url, { method, headers, redirect: 'manual', signal })
  } catch (cause) {
    const timedOut = cause instanceof Error && cause.name === 'TimeoutError'
    throw new EgressFailed(timedOut ? 'timeout' : 'unreachable', 'no answer', cause)
  }
}
