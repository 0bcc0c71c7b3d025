export { openSqliteRouteStore, type SqliteRouteStoreOptions } from './sqlite/open-sqlite-route-store.ts'
