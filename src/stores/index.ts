export { openSqliteRouteStore } from './sqlite/open-sqlite-route-store.ts'
