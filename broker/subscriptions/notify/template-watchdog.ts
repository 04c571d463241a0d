import { workerData } from 'node:worker_threads'

const INTERVAL = 500

// A template that never comes to an end keeps its process from noticing that the hub is gone: this thread does.
setInterval(() => {
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL')
}, INTERVAL)
