import { createPrivateKey, X509Certificate } from 'node:crypto'
import { describeError } from '../base/log.ts'

/** Where a certificate and its key are, both PEM. */
export interface CertificateFiles {
  /** The certificate, with those between it and the root behind it. */
  readonly cert: string
  readonly key: string
}

/** What a listener is given, and what can be said of it. */
export interface Certificate {
  readonly cert: string
  readonly key: string
  /** For whom, as the certificate says: `DNS:localhost, IP Address:127.0.0.1`. */
  readonly names: string
  /** The end of its validity, as it is written in it. */
  readonly until: string
}

/**
 * Reads a certificate and its key.
 * @throws Error naming the file and what is wrong with it, or that the two do not belong together.
 */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const [cert, key] = await Promise.all([readText(files.cert), readText(files.key)])
  const certificate = parse(files.cert, () => new X509Certificate(cert))
  const secret = parse(files.key, () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(secret)) {
    const what = `${files.key} is not the key of the certificate in ${files.cert}`
    throw new Error(`${what}; name the two that belong together.`)
  }
  const { subjectAltName, subject, validTo } = certificate
  return { cert, key, names: subjectAltName ?? subject, until: validTo }
}

async function readText(path: string): Promise<string> {
  try {
    return await Bun.file(path).text()
  } catch (error) {
    throw new Error(`The file ${path} cannot be read: ${describeError(error)}`, { cause: error })
  }
}

function parse<Parsed>(path: string, read: () => Parsed): Parsed {
  try {
    return read()
  } catch (error) {
    throw new Error(`The file ${path} holds no such PEM: ${describeError(error)}`, { cause: error })
  }
}
