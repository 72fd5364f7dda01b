/** A view for analysts in schema `bi`, over the stable views `read.<name>`. It holds no personal data. */
export interface BiView {
  readonly name: string;
  readonly sql: string;
  /** Starts with the grain: `One row per …`. */
  readonly comment: string;
  /** Descriptions of columns: units, signs, definitions. */
  readonly columns?: Readonly<Record<string, string>>;
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/**
 * Creates or replaces a view; idempotent. The view is dropped first only if its columns have changed. It shows all channels,
 * so the API's role, which reads under row-level security, gets no access.
 */
export const biViewSql = ({ name, sql, comment, columns = {} }: BiView): string => `
  CREATE SCHEMA IF NOT EXISTS bi;
  DO $view$ BEGIN
    BEGIN
      CREATE OR REPLACE VIEW bi."${name}" AS ${sql};
    EXCEPTION WHEN invalid_table_definition THEN
      DROP VIEW bi."${name}" CASCADE;
      CREATE VIEW bi."${name}" AS ${sql};
    END;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kontor_app') THEN
      REVOKE ALL ON bi."${name}" FROM kontor_app;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kontor_bi') THEN
      GRANT SELECT ON bi."${name}" TO kontor_bi;
    END IF;
  END $view$;
  COMMENT ON VIEW bi."${name}" IS ${literal(comment)};
  ${Object.entries(columns)
    .map(([column, description]) => `COMMENT ON COLUMN bi."${name}"."${column}" IS ${literal(description)};`)
    .join('\n  ')}`;
