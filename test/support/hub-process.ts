import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { type Dispatcher, Pool } from 'undici'
import { packageRoot } from '../../ontology/package-root.ts'
import { checkAnswer } from './check-answer.ts'
import { until } from './until.ts'

const SHIFTED_CLOCK = new URL('shifted-clock.js', import.meta.url).pathname
const PROGRAM = new URL('../../broker/cli/main.js', import.meta.url).pathname

/**
 * The environment of a process that is killed or loaded: it is not measured for coverage, which a killed process
 * never writes and which costs the loaded one a good part of its speed.
 */
export const uncovered: NodeJS.ProcessEnv = { ...process.env, NODE_V8_COVERAGE: '' }

/** What a hub in a process of its own is started with; no access control. */
export interface HubProcessOptions {
  readonly data: string
  readonly port: number
  /** Settings by their variables. */
  readonly settings?: Readonly<Record<string, string>>
  /** Configuration file. */
  readonly config?: string
  /** File that gets what it logs. */
  readonly log?: string
  /** How far its clock goes wrong. */
  readonly clockShiftMs?: number
}

export interface HubProcessAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
}

/** A hub in a process of its own, which can be killed. */
export interface HubProcess {
  readonly url: string
  /**
   * Answers the status, and the body read as JSON where there is one; checked against the OpenAPI document.
   * @throws Error when the connection breaks
   */
  send(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<HubProcessAnswer>
  /** kill -9. */
  kill(): Promise<void>
  /** Stops the process as it stands, until the answer is called. */
  pause(): () => void
  /** Resolves with its exit code when it ends by itself. */
  readonly ended: Promise<number | null>
  stop(): Promise<void>
}

/** Starts a hub and answers when it is ready. */
export async function startHubProcess(options: HubProcessOptions): Promise<HubProcess> {
  const { data, port, settings, config, log, clockShiftMs } = options
  const clock = clockShiftMs === undefined ? [] : ['--import', SHIFTED_CLOCK]
  const parameters = ['serve', '--data', data, '--auth', 'off', '--port', String(port)]
  if (config !== undefined) parameters.push('--config', config)
  const child = spawn(process.execPath, [...clock, PROGRAM, ...parameters], {
    cwd: packageRoot,
    env: { ...uncovered, ...settings, CLOCK_SHIFT_MS: String(clockShiftMs ?? 0) },
    stdio: ['ignore', 'pipe', log === undefined ? 'ignore' : openSync(log, 'a')],
  })
  // whoever has the port meanwhile answers too, and is another
  let listens = false
  child.stdout?.on('data', (text: Buffer) => {
    listens ||= text.includes(' listens on ')
  })
  const ended = once(child, 'exit').then(() => child.exitCode)
  const url = `http://127.0.0.1:${port}`
  const client = new Pool(url, { connections: 16 })
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
    }
    await client.destroy()
  }
  await until(
    'a hub that is ready',
    async () => {
      if (child.exitCode !== null)
        throw new Error(`Hub on port ${port} ended with ${child.exitCode} before it was ready`)
      return listens && isReady(client)
    },
    30_000,
  ).catch(async (error: unknown) => {
    await end('SIGKILL')
    throw error
  })
  return {
    url,
    send: async (method, path, body, headers) => {
      const answer = await client.request({
        method,
        path,
        headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await answer.body.text()
      const result = {
        status: answer.statusCode,
        headers: answer.headers,
        body: text === '' ? undefined : JSON.parse(text),
      }
      checkAnswer(method, path, { ...result, text })
      return result
    },
    kill: () => end('SIGKILL'),
    pause: () => {
      child.kill('SIGSTOP')
      return () => void child.kill('SIGCONT')
    },
    ended,
    stop: () => end('SIGTERM'),
  }
}

/** Tells whether a hub answers that it is ready; one that does not listen is not. */
export async function isReady(client: Pool): Promise<boolean> {
  try {
    const { statusCode, body } = await client.request({ method: 'GET', path: '/health/ready' })
    await body.dump()
    return statusCode === 200
  } catch {
    return false
  }
}
