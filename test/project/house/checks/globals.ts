import { cut, type SourceFile } from '../source.ts'

interface GlobalRule {
  readonly what: string
  /** In the code without comments and strings. */
  readonly pattern: RegExp
  /** Where it is allowed: folders or files by path from the root. */
  readonly places: readonly string[]
}

/** Tests, measurements and scripts are outside of the product. */
const outside = ['test/', 'persistence/contract/', 'examples/', 'bench/', 'scripts/', 'bin/']

/** What only few may touch, and who. */
const globalRules: readonly GlobalRule[] = [
  {
    what: 'read the environment',
    pattern: /\b(?:process|Bun|import\.meta)\s*\.\s*env\b/,
    // config.ts turns it into one frozen Config; main.ts hands it over.
    places: ['src/config.ts', 'src/main.ts', ...outside],
  },
  {
    what: 'end the process',
    pattern: /\bprocess\s*\.\s*(?:exit|abort|kill|reallyExit)\b/,
    places: ['src/main.ts', ...outside],
  },
  {
    what: 'write to the console',
    pattern: /(?<![\w$.])console\s*\.|\bprocess\s*\.\s*std(?:out|err)\b/,
    places: ['src/base/log.ts', 'src/main.ts', 'examples/', 'bench/', 'scripts/', 'bin/'],
  },
  {
    what: 'call the clock or chance',
    pattern: new RegExp(
      [
        String.raw`\bDate\s*\.\s*now\b`,
        String.raw`\bnew\s+Date\s*(?:\(\s*\)|(?!\s*\())`,
        String.raw`\bperformance\s*\.\s*now\b`,
        String.raw`(?<![\w$.])(?:(?:globalThis|window|self)\s*\.\s*)?` +
          String.raw`(?:set(?:Timeout|Interval|Immediate)|requestAnimationFrame)\s*[(),]`,
        String.raw`\bMath\s*\.\s*random\b`,
        String.raw`\bcrypto\s*\.\s*(?:randomUUID|getRandomValues|randomBytes)\b`,
        String.raw`\bBun\s*\.\s*(?:sleep|sleepSync|nanoseconds|randomUUIDv\d)\b`,
        String.raw`\bprocess\s*\.\s*(?:hrtime|uptime|nextTick)\b`,
        String.raw`\bAbortSignal\s*\.\s*timeout\b`,
      ].join('|'),
    ),
    places: [
      // The clock and chance themselves, and main.ts, which picks it.
      'src/base/chance.ts',
      'src/base/clock.ts',
      'src/main.ts',
      // A thread of its own has a clock of its own; no simulation reaches into it.
      'persistence/sqlite/worker.ts',
      // So has a database on another machine, and what another server stored has another tag.
      'persistence/postgres/pool.ts',
      'persistence/postgres/random-tag.ts',
      // Unless its maker gives it a clock.
      'persistence/memory/store.ts',
      // A page in a browser.
      'editor/',
      'editor-demo/',
      'src/client/',
      ...outside,
    ],
  },
]

/** Every touch of something global where it is not allowed, one sentence each. */
export function globalViolations({ path, text }: SourceFile): readonly string[] {
  const { code } = cut(text)
  return globalRules.flatMap(({ what, pattern, places }) => {
    if (places.some((place) => path.startsWith(place))) return []
    const found = pattern.exec(code)
    if (found === null) return []
    const line = code.slice(0, found.index).split('\n').length
    return [`${path}:${line} may not ${what}: ${found[0].trim()}`]
  })
}
