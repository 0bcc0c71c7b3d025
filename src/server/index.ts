export { openApiDocument } from './build-server.ts'
export { runServer } from './run-server.ts'
export { type StartedServer, startServer } from './start-server.ts'
