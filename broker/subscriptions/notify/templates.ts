import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { Problem } from '../../core/model/problem.ts'
import { type Ending, TemplateProcess } from './template-process.ts'
import type { TemplateAnswer, TemplateCall } from './template-protocol.ts'
import { Turns } from './turns.ts'

/** What a template made: a text that is sent as it is, or JSON. */
export type Filled = Extract<TemplateAnswer, { text: string }>

/** A template that is to be filled on behalf of somebody. */
export interface TemplateOrder extends TemplateCall {
  readonly owner: string
}

/** Fills the templates of subscriptions. */
export interface Templates {
  /**
   * Answers what a JSONata template makes of a notification; undefined: nothing, so that nothing is to be sent.
   * @throws Problem UnprocessableContent when it fails, which names the template and nothing of the notification
   */
  fill(order: TemplateOrder): Promise<Filled | undefined>
  /** Fills nothing more; what waits is refused. */
  close(): Promise<void>
}

interface Waiting extends TemplateCall {
  resolve(filled: Filled | undefined): void
  reject(problem: Problem): void
}

/** So many calls of one owner wait at the most. */
const MOST_WAITING = 64
/** A template that ended its process so often in a row is not tried again. */
const MOST_ENDINGS = 3
/** So many templates are remembered that ended their process. */
const REMEMBERED = 10_000
/** Characters of a notification that the process has room for. */
const MOST_LENGTH = 8 * 1024 * 1024

/** Fills templates in a process of their own. Owners take turns: what is slow delays others by one evaluation of each owner. */
export class IsolatedTemplates implements Templates {
  readonly #turns = new Turns<Waiting>(MOST_WAITING)
  readonly #process = new TemplateProcess()
  /** How often in a row a template ended its process, by its digest. */
  readonly #endings = new LRUCache<string, number>({ max: REMEMBERED })
  #isBusy = false
  #isClosed = false

  fill({ owner, template, notification }: TemplateOrder): Promise<Filled | undefined> {
    return new Promise((resolve, reject) => {
      if (notification.length > MOST_LENGTH)
        return reject(templateProblem(`is given more than ${MOST_LENGTH} characters`))
      if (!this.#turns.add(owner, { template, notification, resolve, reject }))
        return reject(templateProblem(`waits behind ${MOST_WAITING} others of its owner`))
      void this.#work()
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#process.close()
  }

  async #work(): Promise<void> {
    if (this.#isBusy) return
    this.#isBusy = true
    for (let call = this.#turns.take(); call; call = this.#turns.take()) await this.#answer(call)
    this.#isBusy = false
  }

  async #answer({ template, notification, resolve, reject }: Waiting): Promise<void> {
    const digest = createHash('sha256').update(template).digest('base64')
    const endings = this.#endings.get(digest) ?? 0
    if (this.#isClosed) return reject(closed())
    if (endings >= MOST_ENDINGS) return reject(templateProblem(REFUSED))
    const answer = await this.#process.fill({ template, notification })
    if (this.#isClosed) return reject(closed())
    if (!('ending' in answer)) this.#endings.delete(digest)
    else if (answer.blame) this.#endings.set(digest, endings + 1)
    settle(answer, { resolve, reject })
  }
}

const REFUSED = `took too long or too much memory ${MOST_ENDINGS} times in a row: it is not tried again before the hub starts anew`

function settle(
  answer: TemplateAnswer | Ending,
  { resolve, reject }: Pick<Waiting, 'resolve' | 'reject'>,
): void {
  if ('ending' in answer) reject(templateProblem(answer.ending))
  else if ('failure' in answer) reject(templateProblem(answer.failure))
  else resolve('nothing' in answer ? undefined : answer)
}

function templateProblem(failure: string): Problem {
  return new Problem('UnprocessableContent', `Template of the subscription ${failure}`)
}

function closed(): Problem {
  return new Problem('ServiceUnavailable', 'Hub is stopping')
}
