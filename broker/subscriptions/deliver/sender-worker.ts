import { parentPort, workerData } from 'node:worker_threads'
import { createSender } from './create-sender.ts'
import type { SenderAnswer, SenderCall, SenderThreadData } from './sender-protocol.ts'

if (parentPort) serve(parentPort, workerData)

// The thread: sends what comes, and answers once a turn of its event loop.
function serve(port: NonNullable<typeof parentPort>, data: SenderThreadData): void {
  const sender = createSender(data)
  let answers: SenderAnswer[] = []
  const flush = (): void => {
    port.postMessage(answers)
    answers = []
  }
  port.on('message', (calls: readonly SenderCall[]) => {
    for (const call of calls) {
      if (call === 'close') void sender.close().finally(() => setImmediate(() => port.close()))
      else if (typeof call === 'string') sender.prepare(call)
      else void sender.send(call.message).then((attempt) => answer({ call: call.call, attempt }))
    }
  })

  function answer(given: SenderAnswer): void {
    if (answers.length === 0) setImmediate(flush)
    answers.push(given)
  }
}
