import type { Processes } from '../../broker/store/port/processes.ts'

/** Makes processes of one store that tell each other at once. */
export function toldProcesses(): () => Pick<Processes, 'alone' | 'tell' | 'hear'> {
  const all: Map<string, (() => void)[]>[] = []
  return () => {
    const heard = new Map<string, (() => void)[]>()
    all.push(heard)
    return {
      alone: false,
      tell: async (topic) => {
        for (const other of all) if (other !== heard) for (const told of other.get(topic) ?? []) told()
      },
      hear: (topic, told) => void heard.set(topic, [...(heard.get(topic) ?? []), told]),
    }
  }
}
