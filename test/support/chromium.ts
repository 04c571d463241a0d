import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

const CHROMIUM = '/usr/bin/chromium'
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const hasChromium = existsSync(CHROMIUM)

/** Says what a suite is called that needs Chromium, and that it is skipped where there is none. */
export function inChromium(title: string): string {
  return hasChromium ? `e2e: ${title} in Chromium` : `SKIPPED: ${title} in Chromium (no ${CHROMIUM})`
}

/** Starts Chromium without a window, and without what it asks of others by itself. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: QUIET })
}

/** A page, what it complained of, and what it asked of others than it may. */
export interface WatchedPage {
  readonly page: Page
  readonly complaints: readonly string[]
  readonly strangers: readonly string[]
}

/** Opens a page of a Vietnamese reader, which may ask these origins alone. */
export async function openWatchedPage(browser: Browser, origins: readonly string[]): Promise<WatchedPage> {
  const page = await browser.newPage({ locale: 'vi-VN', viewport: { width: 1280, height: 900 } })
  const complaints: string[] = []
  const strangers: string[] = []
  page.setDefaultTimeout(60_000)
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol !== 'data:' && !origins.includes(origin)) strangers.push(request.url())
  })
  return { page, complaints, strangers }
}
