export { openApiDocument } from './build-server.ts'
export type { OpenApiDocument } from './openapi.ts'
export { type RunServerOptions, runServer } from './run-server.ts'
export { type StartedServer, startServer } from './start-server.ts'
