import { text } from 'node:stream/consumers'
import { Command } from 'commander'
import { CommandFailure } from '../command-failure.ts'

/** `hub hash-password`: turns a password or client secret into what the configuration holds. */
export function hashPasswordCommand(): Command {
  return new Command('hash-password')
    .description('read a password from standard input and print its hash for the configuration')
    .action(async () => {
      const password = (await text(process.stdin)).replace(/\r?\n$/, '')
      if (password.length < 8) throw new CommandFailure('Password has fewer than 8 characters', 2)
      const { hashPassword } = await import('../../../security/identity/password.ts')
      process.stdout.write(`${await hashPassword(password)}\n`)
    })
}
