// Logs in at the issuer of the hub by authorization code with PKCE (RFC 7636); tokens stay in this tab.

const KEY = 'hub-session'
const BEGUN = 'hub-login'
const EARLY_MS = 30_000

/** Answers who is logged in, or undefined. */
export function session() {
  const kept = read(KEY)
  return kept && (kept.until > Date.now() || kept.refresh !== undefined) ? kept : undefined
}

/** Answers an access token that is good for the next request, or undefined. */
export async function freshToken() {
  const kept = session()
  if (!kept || kept.until - EARLY_MS > Date.now()) return kept?.token
  refreshing ??= refresh(kept).finally(() => {
    refreshing = undefined
  })
  return refreshing
}

let refreshing

/** Two requests must not spend the same refresh token: it is good once. */
async function refresh(kept) {
  if (kept.refresh === undefined) return kept.until > Date.now() ? kept.token : undefined
  try {
    const content = await post(kept.endpoint, {
      grant_type: 'refresh_token',
      refresh_token: kept.refresh,
      client_id: kept.clientId,
    })
    return keep({ ...kept }, content).token
  } catch {
    sessionStorage.removeItem(KEY)
    return undefined
  }
}

/** Leaves for the login page of the issuer. @throws Error when it cannot be reached */
export async function login({ issuer, clientId }) {
  const discovery = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()
  if (discovery.issuer !== issuer) throw new Error('Issuer calls itself by another name')
  const verifier = random(32)
  const state = random(16)
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  write(BEGUN, {
    verifier,
    state,
    back: place(),
    endpoint: discovery.token_endpoint,
    end: discovery.end_session_endpoint,
  })
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri(),
    scope: 'openid',
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
    ui_locales: document.documentElement.lang === 'en' ? 'en vi' : 'vi en',
    state,
  })
  location.assign(`${discovery.authorization_endpoint}?${parameters}`)
}

/**
 * Takes the code that the issuer sent back, if there is one, and goes on where the login or logout was begun: the issuer
 * knows the address of the console alone. @throws Error when the login did not succeed
 */
export async function finishLogin(hub) {
  const answer = new URLSearchParams(location.search)
  if (!['code', 'error', 'state'].some((name) => answer.has(name))) return
  const begun = read(BEGUN)
  sessionStorage.removeItem(BEGUN)
  const back = begun?.back ?? '/'
  const here = /^\/(?:#|$)/.test(back)
  history.replaceState(null, '', here ? back : '/')
  await takeCode(answer, begun, hub)
  if (!here) await goTo(back)
}

/** Never answers: the next page does. */
function goTo(address) {
  location.replace(address)
  return new Promise(() => undefined)
}

async function takeCode(answer, begun, { clientId }) {
  const loggedOut = !answer.has('code') && !answer.has('error')
  if (loggedOut || answer.get('error') === 'access_denied') return
  if (begun?.verifier === undefined || answer.get('state') !== begun.state || !answer.has('code'))
    throw new Error(answer.get('error_description') ?? 'Login was not begun in this tab')
  const content = await post(begun.endpoint, {
    grant_type: 'authorization_code',
    code: answer.get('code'),
    redirect_uri: redirectUri(),
    client_id: clientId,
    code_verifier: begun.verifier,
  })
  keep({ clientId, endpoint: begun.endpoint, end: begun.end }, content)
}

/** Forgets the tokens of this tab and ends the session at the issuer. */
export function logout() {
  const kept = read(KEY)
  sessionStorage.removeItem(KEY)
  if (kept?.end === undefined) return location.reload()
  const state = random(16)
  write(BEGUN, { state, back: place() })
  const parameters = new URLSearchParams({
    client_id: kept.clientId,
    post_logout_redirect_uri: redirectUri(),
    state,
  })
  return location.assign(`${kept.end}?${parameters}`)
}

async function post(endpoint, parameters) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(parameters),
  })
  const content = await response.json()
  if (!response.ok) throw new Error(content.error_description ?? 'Login did not succeed')
  return content
}

function keep(where, { access_token: token, expires_in: seconds, refresh_token: refreshToken }) {
  const claims = claimsOf(token)
  const next = {
    ...where,
    token,
    until: Date.now() + seconds * 1000,
    name: claims.account ?? claims.client_id ?? claims.sub ?? '',
    ...(refreshToken && { refresh: refreshToken }),
  }
  write(KEY, next)
  return next
}

/** For showing who is logged in; whether the token holds is the hub's to judge. */
function claimsOf(jwt) {
  try {
    const bytes = atob(jwt.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))))
  } catch {
    return {}
  }
}

function read(key) {
  return JSON.parse(sessionStorage.getItem(key) ?? 'null') ?? undefined
}

function write(key, value) {
  sessionStorage.setItem(key, JSON.stringify(value))
}

function place() {
  return `${location.pathname}${location.search}${location.hash}`
}

function redirectUri() {
  return `${location.origin}/`
}

function random(length) {
  return base64url(crypto.getRandomValues(new Uint8Array(length)))
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
