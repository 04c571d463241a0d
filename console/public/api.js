// Asks the hub, in the name of who is logged in; whatever is refused becomes an error with words.

import { freshToken } from '/session.js'

/** The hub refused, or did not answer: then `status` is 0. */
export class Refusal extends Error {
  constructor(status, detail) {
    super(detail)
    this.name = 'Refusal'
    this.status = status
  }
}

/** Asks for JSON, or for a text in another form; what is sent is JSON. @throws Refusal */
export async function api(path, { method = 'GET', accept = 'application/json', headers = {}, send } = {}) {
  const token = await freshToken()
  const response = await fetch(path, {
    method,
    headers: {
      accept,
      ...(token && { authorization: `Bearer ${token}` }),
      ...(send !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(send !== undefined && { body: JSON.stringify(send) }),
  }).catch(() => {
    throw new Refusal(0, '')
  })
  const text = await response.text()
  const body = bodyOf(response, text)
  if (!response.ok) throw new Refusal(response.status, body?.detail ?? `Status ${response.status}`)
  return { body, text, status: response.status, headers: response.headers }
}

function bodyOf(response, text) {
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '')
  if (text === '' || (response.ok && !isJson)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(response.ok ? 0 : response.status, `Answer of ${response.status} is not JSON`)
  }
}

/** Answers the target of a Link header by its relation, or undefined. */
export function linkOf(headers, relation) {
  for (const link of (headers.get('link') ?? '').split(/,\s*(?=<)/)) {
    const target = /^<([^>]*)>/.exec(link)?.[1]
    if (target !== undefined && link.includes(`rel="${relation}"`)) return target
  }
  return undefined
}
