import { followSearch } from '/docs/search.js'
import { decoded, hub, refusal, showAccount } from '/shell.js'

const page = document.getElementById('page')

document.getElementById('language').addEventListener('click', changeLanguage)
followSearch(document.querySelector('#search form'))
showAccount()
await open()

/** Draws the page that the address names; one that answers nothing has worked on what the hub sent. */
async function open() {
  const [name = 'start', ...rest] = location.pathname.split('/').slice(2).filter(Boolean).map(decoded)
  document
    .querySelector(`.sections a[href="/docs/${CSS.escape(name)}"]`)
    ?.setAttribute('aria-current', 'page')
  const parts = await import(`/docs/pages/${name}.js`).then(({ draw }) => draw(hub, ...rest)).catch(refusal)
  if (parts !== undefined) page.replaceChildren(...[parts].flat().filter((part) => part !== undefined))
  page.removeAttribute('aria-busy')
  showAccount()
  document.title = [page.querySelector('h1')?.innerText, hub.title].filter(Boolean).join(' · ')
  document.getElementById(decoded(location.hash.slice(1)))?.scrollIntoView()
}

function changeLanguage() {
  localStorage.setItem('hub-language', document.documentElement.lang === 'vi' ? 'en' : 'vi')
  location.reload()
}
