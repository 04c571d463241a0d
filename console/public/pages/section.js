import { api, Refusal } from '/api.js'
import { both, element, notice } from '/elements.js'
import { refusalOf } from '/words.js'

/** Makes a part of a page; what is refused here leaves the rest alone, unless nobody is logged in. @throws Refusal 401 */
export async function section(words, fill) {
  const content = await Promise.resolve(fill()).catch((error) => {
    if (!(error instanceof Refusal) || error.status === 401) throw error
    return notice(refusalOf(error), error.message)
  })
  return element('section', {}, element('h2', {}, both(words)), content)
}

/** Asks, and answers undefined instead of a refusal. */
export function maybe(path) {
  return api(path).catch((error) => {
    if (error instanceof Refusal) return undefined
    throw error
  })
}
