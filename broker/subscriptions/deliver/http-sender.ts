import { type Egress, EgressRefused } from '../../../security/egress/egress.ts'
import { failureReason } from './failure-reason.ts'
import type { Attempt, HttpMessage } from './message.ts'
import { signatureHeaders } from './sign-body.ts'

type Headers = readonly (readonly [name: string, value: string])[]

/** An answer is not looked at, but a short one lets its connection be used again. */
const ANSWER_BYTES = 65_536

/** Headers that belong to the connection, and not to the message. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Posts messages: any 2xx is success (CIM 009 v1.9.1, 6.3.8), and redirects are not followed. */
export function createHttpSender(egress: Egress): (message: HttpMessage) => Promise<Attempt> {
  return async (message) => {
    const started = performance.now()
    const outcome = await post(egress, message)
    return { ...outcome, milliseconds: Math.round(performance.now() - started) }
  }
}

async function post(egress: Egress, message: HttpMessage): Promise<Omit<Attempt, 'milliseconds'>> {
  const { url, body, timeoutMs, tls } = message
  try {
    const { status } = await egress.request({
      method: 'POST',
      url,
      headers: headersOf(message),
      body,
      timeoutMs,
      ...(tls && { tls }),
      maxBytes: ANSWER_BYTES,
      dropsBody: true,
      mayRepeat: true,
    })
    if (status >= 200 && status < 300) return { delivered: true, status }
    return { delivered: false, status, reason: statusReason(hostOf(url), status) }
  } catch (error) {
    return { delivered: false, reason: failureReason(error, hostOf(url)) }
  }
}

function headersOf({ headers, id, body, signingSecret }: HttpMessage): Record<string, string> {
  const signature =
    signingSecret === undefined
      ? []
      : signatureHeaders(signingSecret, { id, body, seconds: Math.floor(Date.now() / 1000) })
  const signed = new Set(signature.map(([name]) => name))
  const own = headers.filter(([name]) => {
    const folded = name.toLowerCase()
    return !OF_THE_CONNECTION.has(folded) && !signed.has(folded)
  })
  return Object.fromEntries([...own.map(checked), ...signature])
}

/** Names and values that HTTP can carry: text beyond ASCII goes as UTF-8. */
function checked([name, value]: Headers[number]): Headers[number] {
  const bytes = Buffer.from(value, 'utf8').toString('latin1')
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(bytes)) {
    throw new EgressRefused('Notification has a header that HTTP cannot carry')
  }
  return [name, bytes]
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'Endpoint'
}

function statusReason(host: string, status: number): string {
  const redirects = status >= 300 && status < 400
  return redirects ? `${host} answers ${status}, and redirects are not followed` : `${host} answers ${status}`
}
