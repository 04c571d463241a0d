/** Reads JSON texts, one a line (application/x-ndjson), as they come. @throws Error when the last line is cut off */
export async function* readLines(body: Response['body']): AsyncGenerator<unknown> {
  let rest = ''
  for await (const piece of texts(body)) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') yield JSON.parse(line)
  }
  if (rest !== '') throw new Error('Answer of the hub breaks off inside a line')
}

/** One event of a stream; a sign of life has an id alone. */
export interface StreamEvent {
  readonly id?: string
  readonly event?: string
  readonly data?: string
}

/** Reads Server-Sent Events (HTML, 9.2.6) as they come; what is cut off at the end is none. */
export async function* readEvents(body: Response['body']): AsyncGenerator<StreamEvent> {
  let rest = ''
  for await (const piece of texts(body)) {
    const events = (rest + piece).split(/\r\n\r\n|\n\n|\r\r/)
    rest = events.pop() ?? ''
    for (const event of events) yield readEvent(event)
  }
}

function readEvent(text: string): StreamEvent {
  const fields = new Map<string, string>()
  for (const line of text.split(/\r\n|\n|\r/)) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? []
    const before = name === 'data' ? fields.get(name) : undefined
    if (name !== '') fields.set(name, before === undefined ? value : `${before}\n${value}`)
  }
  return Object.fromEntries(fields)
}

/** Decodes a body piece by piece; whoever stops listening ends it. */
async function* texts(body: Response['body']): AsyncGenerator<string> {
  if (!body) return
  const reader = body.getReader() // not every browser iterates over streams
  const decoder = new TextDecoder()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      yield decoder.decode(value, { stream: true })
    }
    yield decoder.decode()
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
