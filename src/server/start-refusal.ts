import type { ErrorCode } from '../errors/index.ts'

/** Why a server cannot start, and what to do about it: two clauses of a sentence, without a full stop. */
interface StartRefusal {
  readonly code: ErrorCode
  readonly problem: string
  readonly remedy: string
}

/** What the system's or OpenSSL's error at the start means to who started it; null for what nobody foresaw. */
export function startRefusal(error: unknown, host: string, port: number): StartRefusal | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code.startsWith('ERR_OSSL')) {
    return {
      code: 'invalid_configuration',
      problem: `The certificate or key of server.tls cannot be used (${(error as Error).message})`,
      remedy: 'both must be PEM and belong together',
    }
  }
  switch (code) {
    case 'EADDRINUSE':
      return {
        code: 'port_in_use',
        problem: `Port ${port} on ${host} is in use`,
        remedy: 'stop the program that holds it, or choose another with --port, PORT or server.port',
      }
    case 'EACCES':
      return {
        code: 'invalid_configuration',
        problem: `Listening on port ${port} is not permitted to this user`,
        remedy: 'choose a port above 1023 with --port, PORT or server.port',
      }
    case 'EADDRNOTAVAIL':
      return {
        code: 'invalid_configuration',
        problem: `This machine has no address ${host}`,
        remedy: 'set server.host to one it has, or to 127.0.0.1',
      }
    case 'ENOTFOUND':
      return {
        code: 'invalid_configuration',
        problem: `The name ${host} has no address`,
        remedy: 'set server.host to an address of this machine',
      }
    default:
      return null
  }
}
