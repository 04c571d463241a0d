import { api } from '/api.js'
import { portalReference } from '/docs/reference-plugin.js'
import { loadStyles } from '/docs/styles.js'
import { both, element, heading } from '/elements.js'
import { freshToken, session } from '/session.js'

/** Shows the OpenAPI document of this hub, as it is for who is logged in; what is tried goes out in their name. */
export async function draw(hub) {
  followColours()
  const [{ body }] = await Promise.all([
    api('/openapi.json', { headers: { 'accept-language': document.documentElement.lang } }),
    loadStyles('/docs/swagger-ui.css', '/docs/reference.css'),
    loadScript('/docs/swagger-ui-bundle.js'),
  ])
  // without a server the document is about the one that it came from
  const { servers: _, ...spec } = { ...body, paths: withOwnParameters(body.paths) }
  const reference = element('div', { id: 'reference' })
  const ui = globalThis.SwaggerUIBundle({
    spec,
    domNode: reference,
    validatorUrl: null,
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    syntaxHighlight: { activated: false },
    requestInterceptor: inTheNameOfWhoIsLoggedIn,
    plugins: [portalReference],
    layout: 'PortalLayout',
  })
  new MutationObserver(() => makeReachable(reference)).observe(reference, {
    childList: true,
    subtree: true,
  })
  const words = element('input', {
    id: 'narrow',
    type: 'search',
    autocomplete: 'off',
    spellcheck: 'false',
  })
  words.addEventListener('input', () => ui.layoutActions.updateFilter(words.value.trim()))
  return [
    heading(['Tra cứu API', 'API reference'], both(leadOf(hub))),
    element(
      'p',
      { class: 'field' },
      element(
        'label',
        { for: 'narrow' },
        both(['Lọc theo thao tác, đường dẫn hoặc mô tả', 'Filter by operation, path or text']),
      ),
      words,
    ),
    element('h2', { class: 'unseen' }, both(['Các thao tác', 'Operations'])),
    reference,
  ]
}

function leadOf({ issuer }) {
  const who = session()
  if (issuer === undefined)
    return [
      'Trung tâm này không kiểm soát truy cập: gọi thử không cần mã.',
      'This hub has no access control: requests need no token.',
    ]
  return who
    ? [
        `Gọi thử với tài khoản ${who.name}; mã truy cập được gửi kèm tự động.`,
        `Requests are tried as ${who.name}; the access token is put in by itself.`,
      ]
    : ['Đăng nhập để thấy và gọi thử những gì mình được phép.', 'Log in to see and try what you may.']
}

/** Whoever pasted a token by Authorize means that one. */
async function inTheNameOfWhoIsLoggedIn(request) {
  const own = new URL(request.url, location.href).origin === location.origin
  const token = own && !request.headers.Authorization ? await freshToken() : undefined
  if (token) request.headers.Authorization = `Bearer ${token}`
  return request
}

/** Swagger UI resolves the parameters of an operation, and not those of its path. */
function withOwnParameters(paths) {
  const own = ([path, { parameters: shared = [], ...operations }]) => [
    path,
    Object.fromEntries(
      Object.entries(operations).map(([method, operation]) => [
        method,
        { ...operation, parameters: [...(operation.parameters ?? []), ...shared] },
      ]),
    ),
  ]
  return Object.fromEntries(Object.entries(paths).map(own))
}

/** Fields of parameters are called what the parameters are; what scrolls can be scrolled by keyboard. */
function makeReachable(reference) {
  for (const text of reference.querySelectorAll('pre:not([tabindex])')) text.tabIndex = 0
  for (const row of reference.querySelectorAll('[data-param-name]'))
    for (const field of row.querySelectorAll(':is(input, select, textarea):not([aria-label])'))
      field.setAttribute('aria-label', row.dataset.paramName)
  for (const choice of reference.querySelectorAll('.examples-select-element:not([aria-label])'))
    choice.setAttribute('aria-label', document.documentElement.lang === 'vi' ? 'Ví dụ' : 'Example')
}

function followColours() {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
  dark.addEventListener('change', follow)
  follow()
}

function loadScript(src) {
  return new Promise((resolve, reject) => {
    document.head.append(element('script', { src, load: resolve, error: reject }))
  })
}
