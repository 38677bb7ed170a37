// The file at `/embed.js`: so small that it may be fetched often; what it loads is kept for ever.
const load = (): void => {
  import('./define.ts').then(
    ({ defineYtopicEditor }) => defineYtopicEditor(),
    // The server may be away just then.
    () => setTimeout(load, 2_000),
  )
}
load()
