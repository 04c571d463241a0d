import { Command, Option } from 'commander'
import type { OpenApiOptions } from '../run/openapi.ts'

/** `hub openapi`: prints the OpenAPI document, how to make a client of it, or writes it as a collection of requests. */
export function openApiCommand(): Command {
  return new Command('openapi')
    .description('print the OpenAPI document, or what makes a client or a collection of requests of it')
    .addOption(
      new Option(
        '--lang <language>',
        'print how to generate a client, with the command that was tried',
      ).choices(['typescript', 'python', 'java', 'csharp', 'go']),
    )
    .option('--collection <folder>', 'write a collection for Postman, Bruno or Insomnia, and its environment')
    .option(
      '--hub <url>',
      'hub that clients and requests call',
      process.env.HUB_URL ?? 'http://127.0.0.1:1026',
    )
    .action(async (options: OpenApiOptions) => {
      const { openApi } = await import('../run/openapi.ts')
      await openApi(options)
    })
}
