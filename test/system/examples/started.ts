import { strangerEnvironment } from '../../support/harness/package.ts'

/** An example that runs. */
export interface Started {
  readonly url: URL
  end(): Promise<void>
}

/** Starts the example in a folder as its package.json does. */
export async function startExample(folder: string): Promise<Started> {
  const child = Bun.spawn([process.execPath, 'server.ts'], {
    cwd: folder,
    env: { ...strangerEnvironment, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const chunk of child.stdout) {
    said += new TextDecoder().decode(chunk)
    if (/open .*\n/.test(said)) break
  }
  return {
    url: new URL(/open (http:\S+)/.exec(said)?.[1] ?? said),
    async end() {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}
