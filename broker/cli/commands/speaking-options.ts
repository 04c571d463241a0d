import { type Command, InvalidArgumentError } from 'commander'

/** Adds how simulated sources speak: how often, and what goes wrong. */
export function addSpeakingOptions(command: Command): Command {
  return command
    .option('--every <seconds>', 'pause between what a simulated source says', seconds, 30)
    .option(
      '--faults <list>',
      'what goes wrong with one simulated source after the other: down, slow, half, cut, duplicate, reorder, skew, encoding, drift (by commas), or all',
      (text) => text.split(',').map((fault) => fault.trim()),
      [],
    )
}

function seconds(text: string): number {
  const number = Number(text)
  if (!(number >= 1)) throw new InvalidArgumentError('It is a number of seconds from 1 on.')
  return number
}
