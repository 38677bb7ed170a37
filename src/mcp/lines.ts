/** The lines that hold a text, with their numbers from 1; upper and lower case are alike. */
export function linesWith(text: string, wanted: string, linesMax: number): readonly string[] {
  const sought = wanted.toLowerCase()
  return text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.toLowerCase().includes(sought))
    .slice(0, linesMax)
    .map(({ line, number }) => `${number}: ${line}`)
}
