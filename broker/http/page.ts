import Router from '@koa/router'
import Koa from 'koa'
import { Problem } from '../core/model/problem.ts'
import type { MakeAnswer } from './answer-exchange.ts'
import type { WrittenAnswer } from './encode/write-answer.ts'
import type { Exchange } from './exchange.ts'
import { allowMethods } from './middleware/allow-methods.ts'

/** An answer outside the API, which needs no caller: health, documents, console, identity provider. */
export interface Page {
  /** In koa-router syntax. */
  readonly paths: readonly string[]
  /** Name in the access record. */
  readonly route: string
  /** `read`: GET and HEAD; `any`: whatever the page makes of them. */
  readonly methods: 'read' | 'any'
  /** Puts the answer into the context; `respond` is false where it sent one itself. @throws Problem */
  answer(context: PageContext): Promise<void> | void
}

/** Koa's context, and the exchange that it belongs to. */
export type PageContext = Koa.Context & { readonly state: { readonly exchange: Exchange } }

/** The application of the pages: it makes an answer of Koa's context, to be sent like any other. */
export function pagesApplication(
  pages: readonly Page[],
  answerAll: (context: Koa.Context, make: MakeAnswer) => Promise<void>,
): ReturnType<Koa['callback']> {
  const app = new Koa()
  const router = new Router({ strict: true, sensitive: true })
  for (const page of pages) {
    const paths = [...page.paths]
    const answer = (context: Koa.Context) => {
      context.state.exchange.route = page.route
      return page.answer(context as PageContext) // the first step put it there
    }
    if (page.methods === 'read') router.get(paths, answer)
    else router.all(paths, answer)
  }
  app.use((context, next) =>
    answerAll(context, async (exchange) => {
      context.state.exchange = exchange
      await next()
      return context.respond === false ? undefined : written(context)
    }).finally(() => {
      context.respond = false
    }),
  )
  app.use(router.routes())
  app.use((context) => refuse(context, router))
  return app.callback()
}

/** The headers are in the response already; the content type decides whether it is compressed. */
function written({ status, body, response }: Koa.Context): WrittenAnswer {
  if (status === 304) return { status, headers: {} }
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : undefined
  return { status, headers: { 'Content-Type': response.get('Content-Type') }, ...(text && { body: text }) }
}

function refuse(context: Koa.Context, router: Router): void {
  const layers = router.match(context.path, context.method).path
  const methods = new Set(layers.flatMap((layer) => layer.methods))
  if (methods.size === 0) throw new Problem('ResourceNotFound', `Path ${context.path} leads to nothing here`)
  const { status, headers } = allowMethods(context.method, methods)
  context.set({ Allow: String(headers.Allow) })
  context.status = status
}
