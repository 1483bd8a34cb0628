import { Client, type ClientBase, DatabaseError, Pool, Query } from 'pg'

// pg takes whatever a connection string leaves out from PGSSLMODE, PGOPTIONS, PGPASSFILE and so on, each time it
// makes a client. Those variables are about the user's own databases, and only our settings count here.
for (const name of Object.keys(process.env)) {
  if (name.startsWith('PG')) delete process.env[name]
}

export { Client, type ClientBase, DatabaseError, Pool, Query }
