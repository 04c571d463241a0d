/** A fault of the configuration: where it stands and what is wrong. */
export interface ConfigFault {
  /** `file:line`, `HUB_…` or `--flag`. */
  readonly where: string
  readonly text: string
}

/** All faults of a configuration together. */
export class ConfigError extends Error {
  readonly faults: readonly ConfigFault[]

  constructor(faults: readonly ConfigFault[]) {
    super(faults.map(({ where, text }) => `${where}: ${text}`).join('\n'))
    this.name = 'ConfigError'
    this.faults = faults
  }
}
