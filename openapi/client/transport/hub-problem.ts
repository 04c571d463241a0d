import type { components } from '../../generated/types.ts'

type ProblemDetails = components['schemas']['ProblemDetails']

type CodeOf<Uri> = Uri extends `https://uri.etsi.org/ngsi-ld/errors/${infer Name}`
  ? Name
  : Uri extends `urn:urban-data-hub:errors:${infer Name}`
    ? Name
    : never

/** What the hub calls a refusal: the last part of the type URI of its problem document. */
export type ProblemCode = CodeOf<ProblemDetails['type']>

/** What the document of a refusal may say besides, such as `position`, `pointer` or `limit`. */
export type ProblemMembers = Omit<ProblemDetails, 'type' | 'title' | 'status' | 'detail' | 'instance'> &
  Readonly<Record<string, unknown>>

/** A refusal of the hub, as the problem document of RFC 7807 that it answered; `is` narrows to one kind. */
export class HubProblem<Code extends string = string> extends Error {
  /** URI that names the kind of refusal. */
  readonly type: string
  /** The last part of that URI; `HTTP` where what was answered is no problem document, as proxies do. */
  readonly code: Code
  readonly title: string
  readonly status: number
  readonly detail: string
  /** Names this one request; the log of the hub knows it. */
  readonly instance: string | undefined
  readonly members: ProblemMembers
  readonly headers: Headers

  constructor(document: Readonly<Record<string, unknown>>, { status, headers }: Response) {
    const { type, title, status: told, detail, instance, ...members } = document
    const words = text(detail) ?? text(title) ?? `Hub answers ${status}`
    super(words)
    this.name = 'HubProblem'
    this.type = text(type) ?? 'about:blank'
    this.code = (/[^/:]+$/.exec(text(type) ?? '')?.[0] ?? 'HTTP') as Code // narrowed by `is`
    this.title = text(title) ?? words
    this.status = typeof told === 'number' ? told : status
    this.detail = words
    this.instance = text(instance)
    this.members = members // as the OpenAPI document says, all optional
    this.headers = headers
  }

  /** Tells whether it is one of these kinds of refusal, and narrows to it. */
  is<Wanted extends ProblemCode>(...codes: readonly Wanted[]): this is HubProblem<Wanted> {
    return (codes as readonly string[]).includes(this.code)
  }

  /** Tells whether what was caught is a refusal of one of these kinds; of any, where none is named. */
  static is<Wanted extends ProblemCode = ProblemCode>(
    caught: unknown,
    ...codes: readonly Wanted[]
  ): caught is HubProblem<Wanted> {
    return caught instanceof HubProblem && (codes.length === 0 || caught.is(...codes))
  }
}

/**
 * Checks that a write was done wholly: of an entity that several hubs hold some may have refused their part (207). @throws HubProblem as the first of
 * them does; `errors` in its members has each, `success` what was done
 */
export async function checkWhole(response: Response): Promise<void> {
  if (response.status !== 207) return
  const result = await response.json()
  const { success, errors } = result as components['schemas']['BatchOperationResult'] // as the OpenAPI document says
  const [first] = errors
  if (first) throw new HubProblem({ ...first.error, success, errors }, response)
}

/** Reads the refusal that a response is. */
export async function problemOf(response: Response): Promise<HubProblem> {
  const content = await response.text().catch(() => '')
  return new HubProblem(documentOf(content), response)
}

function documentOf(content: string): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(content)
    return typeof document === 'object' && document !== null ? { ...document } : {}
  } catch {
    return {}
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
