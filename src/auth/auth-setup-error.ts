/** What is wrong with how authentication was set up; the message never holds a key or a secret. */
export class AuthSetupError extends Error {
  override readonly name = 'AuthSetupError'
}
