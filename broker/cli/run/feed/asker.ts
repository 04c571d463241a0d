import { confirm, input, select } from '@inquirer/prompts'

/** A choice, as it is shown, and what it stands for. */
export interface Choice<T> {
  readonly name: string
  readonly value: T
}

/** Asks somebody at a terminal. */
export interface Asker {
  text(question: string, preset?: string): Promise<string>
  choose<T>(question: string, choices: readonly Choice<T>[], preset?: T): Promise<T>
  agree(question: string, preset: boolean): Promise<boolean>
}

/** Asks on the terminal of this process, or on streams that stand for one. */
export function terminalAsker(streams: Parameters<typeof input>[1] = {}): Asker {
  return {
    text: (message, preset) =>
      input({ message, required: true, ...(preset !== undefined && { default: preset }) }, streams),
    choose: (message, choices, preset) =>
      select(
        { message, choices: [...choices], pageSize: 15, ...(preset !== undefined && { default: preset }) },
        streams,
      ),
    agree: (message, preset) => confirm({ message, default: preset }, streams),
  }
}
