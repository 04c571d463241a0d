const tags = new WeakMap<object, string>()

/** Answers the ETag that an entity came with: names the state that the caller saw, for `ifMatch`. */
export function etagOf(entity: object): string | undefined {
  return tags.get(entity)
}

/** What was answered before, and still is when the hub says so. */
interface Kept {
  readonly etag: string
  readonly content: object
}

/** Answers of single entities with their ETag, the latest ones: what has not changed does not travel again. */
export class KeptAnswers {
  readonly #kept = new Map<string, Kept>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  /** Asks only for what is not known already. @throws HubProblem, TypeError */
  async ask<T extends object>(request: Request, send: (request: Request) => Promise<Response>): Promise<T> {
    const key = JSON.stringify([request.url, ...request.headers])
    const known = this.#kept.get(key)
    if (known) request.headers.set('if-none-match', known.etag)
    const response = await send(request)
    if (known && response.status === 304) {
      this.#keep(key, known)
      return known.content as T // the same question
    }
    const content = (await response.json()) as T // as the OpenAPI document says
    const etag = response.headers.get('etag')
    if (etag !== null) {
      tags.set(content, etag)
      this.#keep(key, { etag, content })
    }
    return content
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.delete(key)
    this.#kept.set(key, kept)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest)
  }
}
