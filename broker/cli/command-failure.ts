/** A command could not do its work: what the person at the terminal reads, and the exit code. */
export class CommandFailure extends Error {
  readonly exitCode: number

  constructor(text: string, exitCode = 1) {
    super(text)
    this.exitCode = exitCode
  }
}
