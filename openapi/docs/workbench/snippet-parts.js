// Shows how other programs ask the same, one language at a time, to be copied.

import { copyButton } from '/docs/copy.js'
import { button } from '/docs/fields.js'
import { SNIPPETS } from '/docs/workbench/snippets.js'
import { element } from '/elements.js'

const KEPT = 'hub-snippet'

/** Answers the elements that show a request as URL, curl, TypeScript and Python. */
export function snippetParts(request, means) {
  const code = element('code')
  const shown = element('pre', { class: 'raw snippet', tabindex: '0' }, code)
  const buttons = SNIPPETS.map(([name, label]) =>
    button([label, label], () => choose(name), { 'data-snippet': name }),
  )
  choose(sessionStorage.getItem(KEPT) ?? 'url')
  return [element('div', { class: 'tabs' }, buttons, copyButton(code)), shown]

  function choose(name) {
    sessionStorage.setItem(KEPT, name)
    for (const each of buttons) each.setAttribute('aria-pressed', String(each.dataset.snippet === name))
    const [, , write] = SNIPPETS.find(([one]) => one === name) ?? SNIPPETS[0]
    code.textContent = write(request, means)
  }
}
