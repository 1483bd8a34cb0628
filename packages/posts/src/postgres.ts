import { epochMs, type SqlClient, type TableUse } from '@session-vs-jwt/stores/postgres'
import type { Post, PostPage, PostRepository } from './post.js'

export const postsSchema: string = `
CREATE TABLE IF NOT EXISTS public.posts (
  id uuid PRIMARY KEY,
  author_id uuid NOT NULL REFERENCES public.users ON DELETE CASCADE,
  title text NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS posts_of_author ON public.posts (author_id, id DESC);
`

/** What the server does to this table. */
export const postsTable: TableUse = {
  table: 'public.posts',
  columns: ['id', 'author_id', 'title', 'body', 'created_at'],
}

const COLUMNS = `id, author_id AS "authorId", title, body, ${epochMs('created_at')} AS "createdAt"`

/** PostgreSQL answers with milliseconds; a post has a `Date`. */
type Row = Omit<Post, 'createdAt'> & { readonly createdAt: string }

/** Ids grow with time (UUID version 7), so their order is the order of writing. */
export class PostgresPosts implements PostRepository {
  readonly #sql: SqlClient

  constructor(sql: SqlClient) {
    this.#sql = sql
  }

  /** The lock waits for a deletion of the author that is under way; the foreign key alone would fail then. */
  async add(post: Post): Promise<boolean> {
    const { rowCount } = await this.#sql.query({
      name: 'posts.add',
      text: `INSERT INTO public.posts (id, author_id, title, body, created_at)
        SELECT $1::uuid, id, $3::text, $4::text, $5::timestamptz FROM public.users WHERE id = $2
        FOR KEY SHARE`,
      values: [post.id, post.authorId, post.title, post.body, post.createdAt],
    })
    return rowCount === 1
  }

  async find(authorId: string, id: string): Promise<Post | undefined> {
    const { rows } = await this.#sql.query<Row>({
      name: 'posts.find',
      text: `SELECT ${COLUMNS} FROM public.posts WHERE author_id = $1 AND id = $2`,
      values: [authorId, id],
    })
    return rows[0] && fromRow(rows[0])
  }

  async list(authorId: string, page: PostPage): Promise<Post[]> {
    const { rows } = await this.#sql.query<Row>({
      name: 'posts.list',
      text: `SELECT ${COLUMNS} FROM public.posts
        WHERE author_id = $1 AND ($2::uuid IS NULL OR id < $2)
        ORDER BY id DESC LIMIT $3`,
      values: [authorId, page.after ?? null, page.limit],
    })
    return rows.map(fromRow)
  }

  async remove(authorId: string, id: string): Promise<boolean> {
    const { rowCount } = await this.#sql.query({
      name: 'posts.remove',
      text: 'DELETE FROM public.posts WHERE author_id = $1 AND id = $2',
      values: [authorId, id],
    })
    return rowCount === 1
  }
}

function fromRow(row: Row): Post {
  return { ...row, createdAt: new Date(Number(row.createdAt)) }
}
