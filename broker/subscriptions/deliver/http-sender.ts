import { EgressRefused, type MessageEgress } from '../../../security/egress/egress.ts'
import { failureReason } from './failure-reason.ts'
import type { Attempt, HttpMessage } from './message.ts'
import { signatureHeaders } from './sign-body.ts'

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

const OF_THE_SIGNATURE = new Set(['webhook-id', 'webhook-timestamp', 'webhook-signature'])

/** Posts messages: any 2xx is success (CIM 009 v1.9.1, 6.3.8), and redirects are not followed. */
export function createHttpSender(egress: MessageEgress): (message: HttpMessage) => Promise<Attempt> {
  return async (message) => {
    const started = performance.now()
    const outcome = await post(egress, message)
    return { milliseconds: Math.round(performance.now() - started), ...outcome }
  }
}

async function post(egress: MessageEgress, message: HttpMessage): Promise<Omit<Attempt, 'milliseconds'>> {
  const { url, body, timeoutMs, tls } = message
  try {
    const { status, retryAfter } = await egress.send({
      method: 'POST',
      url,
      headers: headersOf(message),
      body,
      timeoutMs,
      ...(tls && { tls }),
    })
    if (status >= 200 && status < 300) return { delivered: true, status }
    const retryAfterMs = retryAfter === undefined ? 0 : pauseOf(retryAfter, Date.now())
    const reason = statusReason(hostOf(url), status)
    return { delivered: false, status, reason, ...(retryAfterMs > 0 && { retryAfterMs }) }
  } catch (error) {
    return { delivered: false, reason: failureReason(error, hostOf(url)) }
  }
}

function headersOf({ headers, id, body, signingSecret }: HttpMessage): Readonly<Record<string, string>> {
  const sent: Record<string, string> = Object.create(null) // any name may come
  for (const [name, value] of headers) {
    const folded = name.toLowerCase()
    const isReplaced = signingSecret !== undefined && OF_THE_SIGNATURE.has(folded)
    if (!isReplaced && !OF_THE_CONNECTION.has(folded)) sent[name] = carried(name, value)
  }
  if (signingSecret === undefined) return sent
  const seconds = Math.floor(Date.now() / 1000)
  return Object.assign(sent, signatureHeaders(signingSecret, { id, body, seconds }))
}

/** The value as HTTP can carry it: text beyond ASCII goes as UTF-8. */
function carried(name: string, value: string): string {
  const bytes = /^[\t\x20-\x7e]*$/.test(value) ? value : Buffer.from(value, 'utf8').toString('latin1')
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(bytes)) {
    throw new EgressRefused('Notification has a header that HTTP cannot carry')
  }
  return bytes
}

/** Seconds or a date (RFC 9110, 10.2.3), as milliseconds from now on; 0 where it is neither, or over. */
function pauseOf(retryAfter: string, now: number): number {
  const milliseconds = /^\d{1,10}$/.test(retryAfter)
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter) - now
  return milliseconds > 0 ? milliseconds : 0
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'Endpoint'
}

function statusReason(host: string, status: number): string {
  const redirects = status >= 300 && status < 400
  return redirects ? `${host} answers ${status}, and redirects are not followed` : `${host} answers ${status}`
}
