import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { Client } from 'undici'
import type { Config } from '../../broker/config.ts'
import type { SettingPath } from '../../broker/config-schema.ts'
import { type RunningHub, startHub } from '../../broker/main.ts'
import { readConfig } from '../../broker/read-config.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { checkAnswer } from './check-answer.ts'
import { checkRequest } from './check-request.ts'
import { dropStore, STOP_MILLISECONDS, storeSettings } from './store-of-tests.ts'

/** An answer of a hub under test. */
export interface TestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly bytes?: Buffer
  /** Parsed body; undefined when there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly body: any
}

/** What a test sends; `body` that is no text is sent as JSON. */
export interface TestRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** It is made by chance: that the document has what the hub takes is not asked of it. */
  readonly byChance?: true
}

/** A whole hub in this process, with everything real: HTTP, store on disk, policies. */
export interface TestHub {
  readonly url: string
  readonly running: RunningHub
  /** Sends a request; the answer is checked against the OpenAPI document unless the path is none of its. */
  send(path: string, request?: TestRequest): Promise<TestAnswer>
  stop(): Promise<void>
}

/** Lines that hubs under test logged, for tests that look for leaks. */
export const logLines: string[] = []

/** Reads settings as if they were flags, and nothing of the environment but which store this run is about. */
export function testConfig(settings: Readonly<Partial<Record<SettingPath, unknown>>>): Promise<Config> {
  const { data } = settings
  const isMongo = settings['store.kind'] === 'mongodb'
  const all = isMongo ? settings : { ...settings, ...storeSettings(data === undefined ? data : String(data)) }
  const flags = Object.fromEntries(
    Object.entries(all).map(([path, value]) => [path, { flag: `test ${path}`, value }]),
  )
  return readConfig({ environment: {}, flags })
}

/** Starts a hub on a free port of loopback; without access control unless the settings say otherwise. */
export async function startTestHub(
  settings: Readonly<Partial<Record<SettingPath, unknown>>> = {},
): Promise<TestHub> {
  const directory = mkdtempSync(join(tmpdir(), 'hub-test-'))
  const all: Partial<Record<SettingPath, unknown>> = {
    'listen.port': 0,
    'auth.mode': 'off',
    data: directory,
    // sources of tests hear what their tests ask
    'federation.askIdentity': false,
    'auth.watch': 0,
    // they ask as fast as they can
    'limits.requestsPerSecond': 0,
    ...settings,
  }
  const config = await testConfig(all)
  const log = pino({ level: 'debug' }, { write: (line: string) => void logLines.push(line) })
  const running = await startHub(config, { root: packageRoot, log, stopMilliseconds: STOP_MILLISECONDS })
  // one that others reach by another address is asked itself all the same
  const client = new Client(all.publicUrl ? `http://127.0.0.1:${all['listen.port']}` : running.url)
  return {
    url: running.url,
    running,
    send: (path, request) => send(client, path, request),
    stop: async () => {
      await client.close()
      await running.stop()
      await dropStore(directory)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function send(
  client: Client,
  path: string,
  { method = 'GET', body, headers = {}, byChance }: TestRequest = {},
): Promise<TestAnswer> {
  const payload =
    body === undefined
      ? undefined
      : typeof body === 'string' || Buffer.isBuffer(body)
        ? body
        : JSON.stringify(body)
  const given = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  const sentType = (given ?? 'application/json').split(';', 1)[0] ?? ''
  const answer = await client.request({
    method,
    path,
    headers: {
      ...(payload !== undefined && given === undefined && { 'content-type': sentType }),
      ...headers,
    },
    ...(payload !== undefined && { body: payload }),
  })
  const bytes = Buffer.from(await answer.body.arrayBuffer())
  const text = bytes.toString()
  const result = {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    bytes,
    body:
      /[/+]json(?:;|$)/.test(String(answer.headers['content-type'])) && text !== ''
        ? JSON.parse(text)
        : undefined,
  }
  checkAnswer(method, path, result)
  if (!byChance)
    checkRequest(method, path, { type: sentType, payload: payload?.toString(), status: result.status })
  return result
}
