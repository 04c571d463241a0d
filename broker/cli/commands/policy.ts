import { Command } from 'commander'
import { withHubOptions } from './hub-options.ts'

/** `hub policy`: what the rules come to, and for whom a change of them changes what. */
export function policyCommand(): Command {
  return new Command('policy')
    .description('explain what policies come to, and tell who gains or loses what by a change')
    .addCommand(explainCommand())
    .addCommand(diffCommand())
    .addCommand(schemaCommand())
}

function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of policy files, for editors')
    .action(async () => {
      const { POLICY_SCHEMA } = await import('../../../security/policy/policy-schema.ts')
      const schema = { $schema: 'http://json-schema.org/draft-07/schema#', ...POLICY_SCHEMA }
      process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`)
    })
}

function explainCommand(): Command {
  return withHubOptions(new Command('explain'), 'dpo')
    .description(
      'explain why a request is permitted or refused, and how each attribute is shown: rule by rule',
    )
    .requiredOption(
      '--as <who>',
      'account or client of the configuration, an access token, or claims: role=operator,city=song-cong',
    )
    .requiredOption('--request <request>', 'such as "GET /ngsi-ld/v1/entities?type=ServiceRequest"')
    .option(
      '--config <file>',
      'configuration whose policies are asked; without it the running hub is, as --account',
    )
    .option('--json', 'print JSON')
    .action(async (options) => {
      const { explainPolicy } = await import('../run/explain-policy.ts')
      await explainPolicy(options)
    })
}

function diffCommand(): Command {
  return new Command('diff')
    .description('tell who gains or loses what between two sets of policies')
    .argument('<old>', 'policy file, folder of them, or configuration')
    .argument('<new>', 'the same')
    .option('--city <city>', 'city of the hub; of a configuration, its own', '')
    .option('--json', 'print JSON')
    .action(async (before: string, after: string, options) => {
      const { diffPolicy } = await import('../run/diff-policy.ts')
      await diffPolicy(before, after, options)
    })
}
