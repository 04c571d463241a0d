import { createHmac } from 'node:crypto'

/** What is signed: the message by its id and body, and when it is sent, seconds. */
export interface Signed {
  readonly id: string
  readonly body: string
  readonly seconds: number
}

/** Headers that prove where a message comes from (Standard Webhooks, symmetric): secret is `whsec_` and base64. */
export function signatureHeaders(
  secret: string,
  { id, body, seconds }: Signed,
): Readonly<Record<string, string>> {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` }
}
