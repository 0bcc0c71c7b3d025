import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import pg from 'pg'

/** A PostgreSQL server of a test's own. */
export interface PostgresServer {
  /** Address of a new, empty database. */
  newDatabase(): Promise<string>
  /** Ends it at once, as a crash would: nothing is written down, no connection is told. */
  kill(): Promise<void>
  /** Starts it again after `kill`, on the same port with the same data. */
  start(): Promise<void>
  /** Ends it and deletes its data. */
  close(): Promise<void>
}

/** Folder of the programs of PostgreSQL; null where it is not installed. */
export const postgresPrograms: string | null = findPrograms()

/** For the title of a test that needs them; empty where they are there. */
export const withoutPostgres: string =
  postgresPrograms === null
    ? ' (skipped: PostgreSQL is not installed; apt-get install postgresql installs it)'
    : ''

function findPrograms(): string | null {
  const ofDebian = '/usr/lib/postgresql'
  const versions = existsSync(ofDebian) ? readdirSync(ofDebian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => join(ofDebian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ]
  const isThere = (folder: string) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name)))
  return folders.find(isThere) ?? null
}

/** Starts a server on a free port of loopback, with its data in a temporary folder; not safe against a power cut. */
export async function startPostgres(): Promise<PostgresServer> {
  if (postgresPrograms === null) throw new Error('PostgreSQL is not installed')
  const programs = postgresPrograms
  const folder = mkdtempSync(join(tmpdir(), 'stratarouter-postgres-'))
  const user = notRoot()
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid as number)
  const data = join(folder, 'data')
  const made = spawnSync(
    join(programs, 'initdb'),
    [
      '--pgdata',
      data,
      '--username',
      'test',
      '--auth',
      'trust',
      '--encoding',
      'UTF8',
      '--no-locale',
      '--no-sync',
    ],
    { ...user, cwd: folder, encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}${made.error ?? ''}`)
  const port = await freePort()
  let server: ChildProcess | undefined
  let databases = 0
  const addressOf = (name: string) => `postgresql://test@127.0.0.1:${port}/${name}`

  async function start(): Promise<void> {
    const settings = {
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'off',
      shared_buffers: '16MB',
    }
    const starting = spawn(
      join(programs, 'postgres'),
      ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let said = ''
    await new Promise<void>((resolve, reject) => {
      starting.stderr.on('data', (text) => {
        said += text
        if (said.includes('database system is ready to accept connections')) resolve()
      })
      starting.once('error', reject)
      starting.once('exit', (code) => reject(new Error(`postgres ended with ${code}: ${said}`)))
    })
    server = starting
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = server
    server = undefined
    if (ending === undefined) return
    const ended = once(ending, 'close')
    ending.kill(signal)
    await ended
  }

  await start()
  return {
    async newDatabase() {
      const name = `test_${++databases}`
      const client = new pg.Client({ connectionString: addressOf('postgres') })
      await client.connect()
      await client.query(`create database ${name}`)
      await client.end()
      return addressOf(name)
    },
    kill: () => end('SIGQUIT'),
    start,
    async close() {
      await end('SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Root may not run it; then the user that Debian makes for it does, or else nobody. */
function notRoot(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const idOf = (name: string, flag: string) => {
    const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' })
    return status === 0 ? Number(stdout) : undefined
  }
  const name = idOf('postgres', '-u') === undefined ? 'nobody' : 'postgres'
  return { uid: idOf(name, '-u') as number, gid: idOf(name, '-g') as number }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
