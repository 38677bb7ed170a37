declare module '*.css' {
  const text: string
  // eslint-disable-next-line import/no-default-export -- that is how a text is imported
  export default text
}
