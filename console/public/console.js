import { notice } from '/elements.js'
import { entities } from '/pages/entities.js'
import { entity } from '/pages/entity.js'
import { feeds } from '/pages/feeds.js'
import { overview } from '/pages/overview.js'
import { quarantine, record } from '/pages/quarantine.js'
import { finishLogin } from '/session.js'
import { decoded, hub, refusal, showAccount } from '/shell.js'

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
let opened = 0

addEventListener('hashchange', () => open({ moved: true }))
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
