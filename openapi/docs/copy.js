import { both, element } from '/elements.js'

const COPY = ['Sao chép', 'Copy']
const COPIED = ['Đã chép', 'Copied']

/** Makes the button that copies the text of an element, and what says that it did; nothing where pages may not copy. */
export function copyButton(source) {
  if (!navigator.clipboard) return []
  const button = element('button', { type: 'button', class: 'copy' }, both(COPY))
  const status = element('span', { class: 'unseen', role: 'status' })
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(source.innerText)
    button.replaceChildren(...both(COPIED))
    status.replaceChildren(...both(COPIED))
    setTimeout(() => {
      button.replaceChildren(...both(COPY))
      status.replaceChildren()
    }, 2000)
  })
  return [button, status]
}
