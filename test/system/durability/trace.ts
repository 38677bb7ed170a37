/** One system call; when it began and when it had returned, as lines of the trace. */
export interface Call {
  readonly name: string
  readonly enter: number
  readonly exit: number
  /** What its first argument names: a path, or `TCP:[here->there]`. */
  readonly file: string
  /** What was written or read, as far as the call took it. */
  readonly bytes: Uint8Array
  /** Where in the file, for pwrite64; else 0. */
  readonly offset: number
  readonly result: number
}

/** The calls to trace; another way to write would show as an edit that was never written. */
const tracedCalls =
  'fdatasync,fsync,sync_file_range,ftruncate,recvfrom,sendto,sendmsg,' +
  'write,writev,pwrite64,pwritev,pwritev2,io_uring_setup,io_uring_enter'

/** strace and its flags: threads too, strings whole and in hex, descriptors with what they are. */
export function straceCommand(output: string): readonly string[] {
  const calls = `trace=${tracedCalls}`
  const flags = ['-f', '-tt', '-yy', '-xx', '-s', '10000000', '-o', output, '-e', calls]
  return ['strace', '--seccomp-bpf', ...flags]
}

/**
 * Reads a trace of `strace -f -tt -yy -xx`, in the order of what returned.
 * @throws SyntaxError at the first line that is not understood
 */
export function readTrace(text: string): readonly Call[] {
  const calls: Call[] = []
  const begun = new Map<string, { readonly said: string; readonly enter: number }>()
  for (const [at, line] of text.split('\n').entries()) {
    if (line === '') continue
    const { pid = '', said = '' } = /^(?<pid>\d+) +[\d:.]+ (?<said>.*)$/.exec(line)?.groups ?? {}
    if (said === '') throw new SyntaxError(`line ${at + 1} of the trace is ${line.slice(0, 200)}`)
    if (/^(?:\+\+\+|---) .* (?:\+\+\+|---)$/.test(said)) continue
    const unfinished = /^(.*?) *<unfinished \.\.\.>$/.exec(said)
    if (unfinished !== null) {
      begun.set(pid, { said: unfinished[1] ?? '', enter: at })
      continue
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(said)
    const before = begun.get(pid)
    begun.delete(pid)
    if (resumed === null) calls.push(readCall(said, at, at))
    else if (before === undefined) throw new SyntaxError(`line ${at + 1}: what was resumed?`)
    else calls.push(readCall(before.said + (resumed[1] ?? ''), before.enter, at))
  }
  return calls
}

function readCall(said: string, enter: number, exit: number): Call {
  const {
    name = '',
    given = '',
    gave,
  } = /^(?<name>\w+)\((?<given>.*)\) += (?<gave>-?\d+|0x[\da-f]+|\?)/.exec(said)?.groups ?? {}
  if (gave === undefined) throw new SyntaxError(`not a call: ${said.slice(0, 200)}`)
  // A thread that ended within a call has not seen its answer.
  const result = gave === '?' ? -1 : Number(gave)
  const whole = bytesOf(given)
  return {
    name,
    enter,
    exit,
    file: unescaped(/^-?\w+<(.*?)>(?=,|$)/.exec(given)?.[1] ?? ''),
    bytes: whole.subarray(0, Math.max(0, result)),
    offset: name === 'pwrite64' ? Number(/, (\d+)$/.exec(given)?.[1]) : 0,
    result,
  }
}

/** All strings among the arguments, one behind the other, as writev takes them. */
function bytesOf(given: string): Uint8Array {
  if (/"\.\.\./.test(given)) throw new SyntaxError('a string in the trace is cut short')
  const hex = [...given.matchAll(/"((?:\\x[\da-f]{2})*)"/g)].map(([, digits = '']) => digits)
  return Buffer.from(hex.join('').replaceAll('\\x', ''), 'hex')
}

function unescaped(text: string): string {
  return text.replaceAll(/\\x([\da-f]{2})/g, (_, digits: string) =>
    String.fromCodePoint(Number.parseInt(digits, 16)),
  )
}
