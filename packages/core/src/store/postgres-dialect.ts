import {
  GeneratedNode,
  Kysely,
  OperationNodeTransformer,
  PostgresAdapter,
  PostgresQueryCompiler,
  RawNode,
  type DatabaseIntrospector,
  type Dialect,
  type KyselyPlugin,
  type ColumnDefinitionNode,
  type SchemaMetadata,
  type TableMetadata,
} from 'kysely'
import type { Executor, Value } from './postgres-session.ts'
import type { Database } from './schema.ts'

/** A query builder whose queries run wherever the executor runs them. It opens nothing and need not be closed. */
export function postgresKysely(executor: Executor): Kysely<Database> {
  return new Kysely<Database>({ dialect: dialectOn(executor) })
}

function dialectOn(executor: Executor): Dialect {
  const unused = async (): Promise<void> => undefined
  const connection = {
    executeQuery: async <Row>({
      sql,
      parameters,
    }: {
      readonly sql: string
      readonly parameters: readonly unknown[]
    }) => {
      const { rows, count } = await executor.query<Row>({ text: sql }, parameters as readonly Value[])
      return { rows: [...rows], numAffectedRows: BigInt(count) }
    },
    streamQuery: (): never => {
      throw new TypeError('Rows are read in pages here, not streamed.')
    },
  }
  return {
    createDriver: () => ({
      init: unused,
      acquireConnection: async () => connection,
      releaseConnection: unused,
      beginTransaction: unused,
      commitTransaction: unused,
      rollbackTransaction: unused,
      destroy: unused,
    }),
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: () => new OwnTables(executor),
  }
}

/** Sees the tables of this workspace only: others in the same database have the same names. */
class OwnTables implements DatabaseIntrospector {
  readonly #executor: Executor

  constructor(executor: Executor) {
    this.#executor = executor
  }

  async getSchemas(): Promise<SchemaMetadata[]> {
    const text = 'SELECT current_schema() AS name'
    return [...(await this.#executor.query<SchemaMetadata>({ text })).rows]
  }

  async getTables(): Promise<TableMetadata[]> {
    const text =
      'SELECT tablename AS name, schemaname AS schema FROM pg_tables WHERE schemaname = current_schema()'
    const { rows } = await this.#executor.query<{ readonly name: string; readonly schema: string }>({ text })
    return rows.map((row) => ({ ...row, isView: false, isForeign: false, columns: [] }))
  }

  async getMetadata(): Promise<{ readonly tables: TableMetadata[] }> {
    return { tables: await this.getTables() }
  }
}

/**
 * Turns the columns of our migrations, which are written for SQLite, into those of Postgres: text in the order of its bytes,
 * which is the order of ids and moments whatever the database's language, and cursors that can outgrow 32 bits.
 */
export function postgresColumns(): KyselyPlugin {
  const transformer = new ColumnTransformer()
  return {
    transformQuery: ({ node }) => transformer.transformNode(node),
    transformResult: async ({ result }) => result,
  }
}

class ColumnTransformer extends OperationNodeTransformer {
  protected override transformColumnDefinition(node: ColumnDefinitionNode): ColumnDefinitionNode {
    const definition = super.transformColumnDefinition(node)
    const type = 'dataType' in node.dataType ? node.dataType.dataType : undefined
    if (type === 'text') return { ...definition, dataType: RawNode.createWithSql('text COLLATE "C"') }
    const isCursor = type === 'integer' && node.column.column.name.endsWith('cursor')
    if (!isCursor) return definition
    const { autoIncrement, ...rest } = definition
    return {
      ...rest,
      dataType: RawNode.createWithSql('bigint'),
      ...(autoIncrement === true && { generated: GeneratedNode.create({ identity: true, byDefault: true }) }),
    }
  }
}
