import { Refusal } from '/api.js'
import { both, element, heading, notice } from '/elements.js'
import { entities } from '/pages/entities.js'
import { entity } from '/pages/entity.js'
import { feeds } from '/pages/feeds.js'
import { overview } from '/pages/overview.js'
import { quarantine, record } from '/pages/quarantine.js'
import { finishLogin, login, logout, session } from '/session.js'
import { refusalOf } from '/words.js'

/** Each page, and the entry of the navigation that it belongs to. */
const PAGES = {
  overview: [overview, 'overview'],
  feeds: [feeds, 'feeds'],
  quarantine: [quarantine, 'feeds'],
  record: [record, 'feeds'],
  entities: [entities, 'entities'],
  entity: [entity, 'entities'],
}

const page = document.getElementById('page')
const hub = await (await fetch('/hub.json')).json()
let opened = 0

document.getElementById('title').textContent = hub.title
addEventListener('hashchange', () => open({ moved: true }))
document.getElementById('login').addEventListener('click', enterOrLeave)
document.getElementById('skip').addEventListener('click', (event) => {
  event.preventDefault()
  page.focus()
})
await start()

async function start() {
  try {
    if (hub.issuer !== undefined) await finishLogin(hub)
    await open({ moved: false })
  } catch (error) {
    showAccount()
    page.replaceChildren(notice(['Đăng nhập không thành công', 'Login did not succeed'], error.message))
  }
}

/** Draws the page that the address names; an answer that comes after the reader has gone on is dropped. */
async function open({ moved }) {
  const turn = ++opened
  const [name, ...rest] = location.hash.slice(1).split('/').map(decoded)
  const [draw, entry] = PAGES[name] ?? PAGES.overview
  for (const link of document.querySelectorAll('nav a')) {
    if (link.hash === `#${entry}`) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  showAccount()
  page.setAttribute('aria-busy', 'true')
  const parts = await Promise.resolve(draw(hub, ...rest)).catch(refusal)
  if (turn !== opened) return
  page.replaceChildren(...[parts].flat().filter((part) => part !== undefined))
  page.removeAttribute('aria-busy')
  const title = page.querySelector('h1')
  document.title = [title?.firstElementChild?.textContent, hub.title].filter(Boolean).join(' · ')
  if (moved) (title ?? page).focus({ preventScroll: true })
  if (moved) scrollTo(0, 0)
}

function decoded(part) {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function refusal(error) {
  if (!(error instanceof Refusal)) throw error
  const stranger = error.status === 401 && hub.issuer !== undefined
  const box = notice(refusalOf(error), error.message, stranger ? 'warning' : 'refusal')
  if (stranger) box.append(element('button', { type: 'button', click: enter }, both(['Đăng nhập', 'Log in'])))
  return [heading([hub.title, 'Urban Data Hub']), box]
}

function showAccount() {
  const who = session()
  const button = document.getElementById('login')
  document.getElementById('account').textContent = who?.name ?? ''
  button.replaceChildren(...both(who ? ['Đăng xuất', 'Log out'] : ['Đăng nhập', 'Log in']))
  button.hidden = hub.issuer === undefined
}

function enterOrLeave() {
  return session() ? logout() : enter()
}

function enter() {
  return login(hub).catch((error) =>
    page.replaceChildren(
      notice(['Không kết nối được nơi đăng nhập', 'The login page cannot be reached'], error.message),
    ),
  )
}
