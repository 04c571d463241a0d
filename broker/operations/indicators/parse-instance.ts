import type { Instance } from '../../core/model/entity.ts'

/** Reads the canonical text of an instance: only stores write it, so its shape is trusted. */
export function parseInstance(text: string): Instance {
  return JSON.parse(text) as Instance // written by a store from an Instance
}
