import { type Config, loadConfig, readRouteFile } from '../config/index.ts'
import type { RouteSet } from '../contracts/index.ts'

interface Configuration {
  readonly config: Config
  readonly routeSet?: RouteSet
}

/** What the server would be started with; only its route file decides, as the database is the server's. */
export function readConfiguration(): Configuration {
  const { config } = loadConfig()
  const { file } = config.routes
  return file === undefined ? { config } : { config, routeSet: readRouteFile(file) }
}
