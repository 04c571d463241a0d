import type { Question, Transport } from './transport.ts'

/** One page of an answer. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** How many match in all; with `count: true` only. */
  readonly count?: number
  /** Why the answer is not complete, where it is not: a source did not answer, or not in time. */
  readonly warnings: readonly string[]
  readonly headers: Headers
}

/** All that matches, as items or page by page; nothing is asked before somebody iterates. */
export interface Answers<Item> extends AsyncIterable<Item> {
  pages(): AsyncIterable<Page<Item>>
  /** The first page alone. @throws HubProblem */
  first(): Promise<Page<Item>>
  /** Every item of every page. @throws HubProblem */
  all(): Promise<readonly Item[]>
}

/**
 * Answers a list that the hub has in pages, which `next` links lead through (CIM 009 v1.9.1, 6.3.10). `following` answers what
 * a page leaves out of its own items.
 */
export function answers<Item>(
  transport: Transport,
  question: () => Question,
  following: (page: Page<Item>, request: Request) => AsyncIterable<Item> | undefined = () => undefined,
): Answers<Item> {
  async function* visited(): AsyncGenerator<{ readonly page: Page<Item>; readonly request: Request }> {
    let request: Request | undefined = transport.request(question())
    while (request) {
      const response: Response = await transport.fetch(request)
      yield { page: await pageOf<Item>(response), request }
      request = nextRequest(request, response)
    }
  }
  async function* pages(): AsyncGenerator<Page<Item>> {
    for await (const { page } of visited()) yield page
  }
  async function* items(): AsyncGenerator<Item> {
    for await (const { page, request } of visited()) {
      yield* page.items
      yield* following(page, request) ?? []
    }
  }
  return {
    pages,
    [Symbol.asyncIterator]: items,
    first: async () => pageOf(await transport.ask(question())),
    all: async () => {
      const all: Item[] = []
      for await (const item of items()) all.push(item)
      return all
    },
  }
}

async function pageOf<Item>(response: Response): Promise<Page<Item>> {
  const content: unknown = await response.json()
  const count = response.headers.get('ngsild-results-count')
  return {
    items: [content].flat() as readonly Item[], // what the type of the question says
    ...(count !== null && { count: Number(count) }),
    warnings: warningsOf(response.headers),
    headers: response.headers,
  }
}

/** Texts of the header NGSILD-Warning: `199 source "text"`, several separated by commas. */
function warningsOf(headers: Headers): readonly string[] {
  const header = headers.get('ngsild-warning')
  return header === null ? [] : (header.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? []).map((one) => one.trim())
}

/** The same path with the parameters of the `next` link: a token is never sent anywhere else. */
function nextRequest(request: Request, { headers }: Response): Request | undefined {
  const link = linkTo('next', headers.get('link') ?? '')
  if (link === undefined) return undefined
  const url = new URL(request.url)
  url.search = new URL(link, request.url).search
  return new Request(url, request)
}

/** Answers where the link of a relation leads, in the text of a Link header (RFC 8288). */
function linkTo(relation: string, header: string): string | undefined {
  const links = header.matchAll(/<([^>]*)>((?:\s*;\s*[\w-]+\*?=(?:"[^"]*"|[^",;\s]*))*)/g)
  for (const [, target, parameters = ''] of links)
    if (new RegExp(`;\\s*rel="?(?:[^"]*\\s)?${relation}(?:["\\s;]|$)`).test(parameters)) return target
  return undefined
}
