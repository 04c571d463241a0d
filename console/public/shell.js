// What the console and the developers' portal have in common: the head of the page, who is logged in, and refusals.

import { Refusal } from '/api.js'
import { both, element, heading, notice } from '/elements.js'
import { login, logout, session } from '/session.js'
import { refusalOf } from '/words.js'

const page = document.getElementById('page')
const button = document.getElementById('login')

/** What a browser needs to know of the hub. */
export const hub = await (await fetch('/hub.json')).json()

document.getElementById('title').textContent = hub.title
button.addEventListener('click', () => (session() ? logout() : enter()))
document.getElementById('skip').addEventListener('click', (event) => {
  event.preventDefault()
  page.focus()
})

/** Shows who is logged in, and how to log in or out. */
export function showAccount() {
  const who = session()
  document.getElementById('account').textContent = who?.name ?? ''
  button.replaceChildren(...both(who ? ['Đăng xuất', 'Log out'] : ['Đăng nhập', 'Log in']))
  button.hidden = hub.issuer === undefined
}

/** Answers what stands in place of a page that the hub refused: words, and a way to log in where that helps. */
export function refusal(error) {
  if (!(error instanceof Refusal)) throw error
  const stranger = error.status === 401 && hub.issuer !== undefined
  const box = notice(refusalOf(error), error.message, stranger ? 'warning' : 'refusal')
  if (stranger) box.append(element('button', { type: 'button', click: enter }, both(['Đăng nhập', 'Log in'])))
  return [heading([hub.title, '']), box]
}

/** Answers a part of an address as it was meant, or as it stands where it means nothing. */
export function decoded(part) {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function enter() {
  return login(hub).catch((error) =>
    page.replaceChildren(
      notice(['Không kết nối được nơi đăng nhập', 'The login page cannot be reached'], error.message),
    ),
  )
}
