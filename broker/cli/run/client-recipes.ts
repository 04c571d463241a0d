/** Languages for which the making of a client was tried. */
export type Language = 'typescript' | 'python' | 'java' | 'csharp' | 'go'

const GO_NAMES = [
  'FeedState',
  'Quarantine',
  'QuarantineRecord',
  'SubjectRequest',
  'Consent',
  'Breach',
  'Assessment',
]
  .map((name) => `New${name}=${name}Input`)
  .join(',')

interface Recipe {
  /** What it is made with, and what was seen of it. */
  readonly about: readonly string[]
  /** Lines for a shell. */
  readonly commands: readonly string[]
  /** Lines of a program that uses the client. */
  readonly use: (hub: string) => readonly string[]
}

const DOCUMENT = 'npx hub openapi > hub-openapi.json'
const GENERATOR = 'openapi-generator-cli-7.25.0.jar'
const GENERATOR_HAD = `mvn -q dependency:copy -Dartifact=org.openapitools:openapi-generator-cli:7.25.0 -DoutputDirectory=.`

/** Answers how a client in a language is made of the document, for a shell and for people. */
export function recipeFor(language: Language, hub: string): string {
  const { about, commands, use } = RECIPES[language]
  const told = about.map((line) => `# ${line}`)
  const used = use(hub).map((line) => `#   ${line}`.trimEnd())
  return `${[...told, ...commands, '', '# Then:', ...used].join('\n')}\n`
}

const RECIPES: Readonly<Record<Language, Recipe>> = {
  typescript: {
    about: [
      'TypeScript: the client of the project, openapi/client, knows entities, history, streams and logins (docs/guide/use-the-client.md).',
      'Of the document alone: types by openapi-typescript 7, calls by openapi-fetch. The types of every build of the hub are made so.',
    ],
    commands: [
      DOCUMENT,
      'npx openapi-typescript@7 hub-openapi.json --output hub.ts',
      'npm install openapi-fetch',
    ],
    use: (hub) => [
      "import createClient from 'openapi-fetch'",
      "import type { paths } from './hub.ts'",
      `const hub = createClient<paths>({ baseUrl: '${hub}', headers: { Authorization: \`Bearer \${process.env.HUB_TOKEN}\` } })`,
      "const { data, error } = await hub.GET('/ngsi-ld/v1/entities', { params: { query: { type: 'AirQualityObserved' } } })",
    ],
  },
  python: {
    about: [
      'Python 3.11 or newer, by openapi-python-client 0.29: typed, synchronous and asynchronous, on httpx.',
      'Tried by the tests of the project: every operation is there; streams and uploads in lines are bytes.',
      'Bodies are sent as application/ld+json: each needs its @context.',
    ],
    commands: [
      'pip install openapi-python-client==0.29.1',
      DOCUMENT,
      "cat > hub-client.yaml <<'END'",
      'content_type_overrides:',
      '  application/x-ndjson: application/octet-stream',
      '  text/csv: application/octet-stream',
      "  '*/*': application/octet-stream",
      'END',
      'openapi-python-client generate --path hub-openapi.json --config hub-client.yaml --output-path hub-client',
      'pip install ./hub-client',
    ],
    use: (hub) => [
      'import os',
      'from urban_data_hub_client import AuthenticatedClient',
      'from urban_data_hub_client.api.entities import query_entities',
      `client = AuthenticatedClient(base_url="${hub}", token=os.environ["HUB_TOKEN"])`,
      'for entity in query_entities.sync(client=client, type_="AirQualityObserved", limit=3):',
      '    print(entity.to_dict())',
    ],
  },
  java: {
    about: [
      'Java 11 or newer, by OpenAPI Generator 7.25 (a jar from Maven Central): okhttp and gson.',
      'Tried: it is generated, and compiles with Java 17.',
    ],
    commands: [
      GENERATOR_HAD,
      DOCUMENT,
      `java -jar ${GENERATOR} generate -i hub-openapi.json -g java --library okhttp-gson -o hub-client \\`,
      '  --additional-properties=groupId=vn.hub,artifactId=hub-client,invokerPackage=vn.hub,apiPackage=vn.hub.api,modelPackage=vn.hub.model',
      '(cd hub-client && mvn -q -DskipTests package)',
    ],
    use: (hub) => [
      'var client = new vn.hub.ApiClient();',
      `client.setBasePath("${hub}");`,
      'client.setBearerToken(System.getenv("HUB_TOKEN"));',
      'var types = new vn.hub.api.DiscoveryApi(client);',
    ],
  },
  csharp: {
    about: [
      'C# (.NET 8), by OpenAPI Generator 7.25 (a jar from Maven Central): HttpClient.',
      'Tried: it is generated. It was not compiled: no .NET was there.',
    ],
    commands: [
      GENERATOR_HAD,
      DOCUMENT,
      `java -jar ${GENERATOR} generate -i hub-openapi.json -g csharp --library httpclient -o hub-client \\`,
      '  --additional-properties=packageName=Hub,targetFramework=net8.0',
      '(cd hub-client && dotnet build)',
    ],
    use: (hub) => [
      `var configuration = new Hub.Client.Configuration { BasePath = "${hub}", AccessToken = Environment.GetEnvironmentVariable("HUB_TOKEN") };`,
      'var discovery = new Hub.Api.DiscoveryApi(configuration);',
    ],
  },
  go: {
    about: [
      'Go, by OpenAPI Generator 7.25 (a jar from Maven Central). Types that begin with New get other names, apart from its constructors.',
      'Tried: it is generated, and compiles with Go 1.26. oapi-codegen 2.8 and others that read OpenAPI 3.0 alone refuse the document.',
    ],
    commands: [
      GENERATOR_HAD,
      DOCUMENT,
      `java -jar ${GENERATOR} generate -i hub-openapi.json -g go -o hub-client --additional-properties=packageName=hub,enumClassPrefix=true \\`,
      `  --model-name-mappings ${GO_NAMES}`,
      '(cd hub-client && go build ./...)',
    ],
    use: (hub) => [
      'configuration := hub.NewConfiguration()',
      `configuration.Servers = hub.ServerConfigurations{{URL: "${hub}"}}`,
      'configuration.AddDefaultHeader("Authorization", "Bearer "+os.Getenv("HUB_TOKEN"))',
      'client := hub.NewAPIClient(configuration)',
      'types, _, err := client.DiscoveryAPI.RetrieveEntityTypes(context.Background()).Execute()',
    ],
  },
}
