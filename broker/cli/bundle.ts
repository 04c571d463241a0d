import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { packageRoot } from '../../ontology/package-root.ts'

const OUTPUT = join(packageRoot, 'dist', 'hub')

/** Feeds load mapping modules that import the kit, so that there must be one kit: the one that the compiler wrote. */
const feedsAsCompiled: Plugin = {
  name: 'feeds-as-compiled',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/adapters\/.*\.ts$/ }, ({ path, resolveDir }) => ({
      path: relative(
        OUTPUT,
        join(packageRoot, 'dist', relative(packageRoot, join(resolveDir, path))),
      ).replace(/\.ts$/, '.js'),
      external: true,
    }))
  },
}

/** Node finds the names that a CommonJS package exports, a bundle does not; and these are loaded seldom. */
const packagesOnDemand: Plugin = {
  name: 'packages-on-demand',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^[^.]/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    )
  },
}

/** A large table is read faster by the JSON parser than as a program. */
const tablesAsText: Plugin = {
  name: 'tables-as-text',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.json$/ }, ({ path }) => ({
      contents: `module.exports = JSON.parse(${JSON.stringify(JSON.stringify(JSON.parse(readFileSync(path, 'utf8'))))})`,
    }))
  },
}

const HUB: BuildOptions = {
  absWorkingDir: packageRoot,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  // finds its binary beside itself; large, and seldom used
  external: ['@photostructure/sqlite', 'oidc-provider'],
  // three copies of the table of media types would be read at each start
  alias: { 'mime-db': 'mime-db' },
  // for packages that are CommonJS
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module';const require = requireFrom(import.meta.url);",
  },
  plugins: [feedsAsCompiled, packagesOnDemand, tablesAsText],
  logLevel: 'warning',
}
/** Threads of the store: each of its stores starts them, so that they are one file each. */
const STORE_THREADS = ['broker/store/sqlite/writer-worker.ts', 'broker/store/sqlite/measure-worker.ts']

rmSync(OUTPUT, { recursive: true, force: true })
await build({
  ...HUB,
  entryPoints: [
    'broker/cli/program.ts',
    'broker/subscriptions/notify/template-worker.ts',
    'broker/subscriptions/notify/template-watchdog.ts',
    'broker/subscriptions/deliver/sender-worker.ts',
    'broker/main/policy-worker.ts',
    'broker/main/feed-worker.ts',
  ],
  outdir: OUTPUT,
  entryNames: '[name]',
  splitting: true,
})
// beside the program, and in place of the compiled modules for who opens stores without it
for (const outdir of [OUTPUT, join(packageRoot, 'dist', 'broker', 'store', 'sqlite')])
  await build({ ...HUB, entryPoints: STORE_THREADS, outdir })

// the client in one file, for Node and for pages; with its names, which stack traces show, and no line that fills a screen
const CLIENT = join(packageRoot, 'openapi', 'client', 'dist')
rmSync(CLIENT, { recursive: true, force: true })
await build({
  absWorkingDir: packageRoot,
  entryPoints: ['openapi/client/client.ts'],
  outdir: CLIENT,
  bundle: true,
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 160,
  platform: 'neutral',
  mainFields: ['module', 'main'],
  format: 'esm',
  target: 'es2022',
  logLevel: 'warning',
})
writeFileSync(join(CLIENT, 'client.d.ts'), "export * from './openapi/client/client.ts'\n")
