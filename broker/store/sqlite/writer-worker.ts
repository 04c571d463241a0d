import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { UnitResult } from '../port/store.ts'
import { unpackUnit } from './packed-unit.ts'
import { writeProblem } from './sqlite-errors.ts'
import { TenantHandles } from './tenant-handles.ts'
import type { WriterAnswer, WriterCall, WriterOptions } from './writer-protocol.ts'

type Commit = Extract<WriterCall, { kind: 'commit' }>

const GROUP_CALLS = 2000
const REAPED = 1000
/** Milliseconds that writes may have to wait for totals and chunks, and for what is removed. */
const ROLLED = 25
/** Milliseconds that writes may have to wait for what is erased. */
const ERASED = 10

if (parentPort) serve(parentPort, workerData)

// The thread: everything that queued while the last group went to disk becomes the next group.
function serve(port: NonNullable<typeof parentPort>, options: WriterOptions): void {
  const tenants = new TenantHandles(options)
  port.on('message', (first: readonly WriterCall[]) => {
    for (let calls = [...first, ...queued()]; calls.length > 0; calls = queued()) answer(calls)
  })

  function queued(): WriterCall[] {
    const calls: WriterCall[] = []
    while (calls.length < GROUP_CALLS) {
      const next: { message: readonly WriterCall[] } | undefined = receiveMessageOnPort(port)
      if (!next) break
      calls.push(...next.message)
    }
    return calls
  }

  function answer(calls: readonly WriterCall[]): void {
    for (const group of groups(calls)) {
      port.postMessage(Array.isArray(group) ? commit(tenants, group) : [single(tenants, group)])
      if (!Array.isArray(group) && group.kind === 'close') port.close()
    }
  }
}

/** Gathers commits to one tenant; a call of another kind keeps its place after the commits before it. */
function groups(calls: readonly WriterCall[]): readonly (Commit[] | Exclude<WriterCall, Commit>)[] {
  const result: (Commit[] | Exclude<WriterCall, Commit>)[] = []
  let open = new Map<string, Commit[]>()
  for (const call of calls) {
    if (call.kind !== 'commit') {
      result.push(call)
      open = new Map()
      continue
    }
    const group = open.get(call.tenant)
    if (group) group.push(call)
    else {
      const started = [call]
      open.set(call.tenant, started)
      result.push(started)
    }
  }
  return result
}

function commit(tenants: TenantHandles, calls: readonly Commit[]): readonly WriterAnswer[] {
  const [first] = calls
  if (!first) return []
  try {
    const results = tenants.writer(first.tenant).commit(calls.map(({ units }) => units.map(unpackUnit)))
    return calls.map(({ call }, at) => {
      const result = results[at]
      return Array.isArray(result) ? { call, results: result } : failure(call, result)
    })
  } catch (error) {
    tenants.forget(first.tenant)
    return calls.map(({ call }) => failure(call, error))
  }
}

function single(tenants: TenantHandles, call: Exclude<WriterCall, Commit>): WriterAnswer {
  try {
    return { call: call.call, results: [], ...perform(tenants, call) }
  } catch (error) {
    return failure(call.call, error)
  }
}

/** Does what is asked for; answers where it is to go on, or what came of it. */
function perform(
  tenants: TenantHandles,
  call: Exclude<WriterCall, Commit>,
): { readonly next?: number; readonly results?: readonly UnitResult[] } {
  if (call.kind === 'retain') {
    const next = tenants.writer(call.tenant).retain(call.step, ROLLED)
    return next === undefined ? {} : { next }
  }
  if (call.kind === 'erase') {
    const rows = tenants.writer(call.tenant).erase(ERASED, call.key)
    return rows ? { results: [{ outcome: 'kept', version: rows.key, erased: rows.erased }] } : {}
  }
  if (call.kind === 'unpack') return tenants.writer(call.tenant).unpack(call.attribute) ? { next: 1 } : {}
  if (call.kind === 'create') tenants.create(call.tenant)
  else if (call.kind === 'drop') tenants.drop(call.tenant)
  else if (call.kind === 'open') tenants.writer(call.tenant)
  else if (call.kind === 'reap') tenants.writer(call.tenant).reap(call.now, REAPED)
  else if (call.kind === 'rewrite') tenants.writer(call.tenant).rewrite(call.texts)
  else if (call.kind === 'tidy') tenants.writer(call.tenant).tidy()
  else if (call.kind === 'rollUp') tenants.writer(call.tenant).rollUp(call.days, ROLLED)
  else tenants.close()
  return {}
}

function failure(call: number, error: unknown): WriterAnswer {
  const { code, message, cause } = writeProblem(error)
  const reason = cause instanceof Error ? cause.message : undefined
  return { call, problem: { code, text: message, ...(reason !== undefined && { reason }) } }
}
