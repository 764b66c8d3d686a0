package dev.migrator.pg.internal.expression;

import dev.migrator.Identifier;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Indexes, constraints and statistics on a {@link Scratch} copy, and their definitions as the server prints them. */
public final class ScratchDefinitions {
    private final Scratch owner;
    private final Session session;
    private final String scratch;

    ScratchDefinitions(Scratch owner, Session session, String scratch) {
        this.owner = owner;
        this.session = session;
        this.scratch = scratch;
    }

    /**
     * Makes an index on the copy and tells all that follows the table's name in its definition.
     *
     * @param usage all that follows the table's name: {@code USING btree (…)}, names qualified
     */
    public void createIndex(Identifier index, boolean unique, String usage) {
        owner.run("CREATE " + (unique ? "UNIQUE " : "") + "INDEX " + index.quoted() + " ON " + scratch + " " + usage);
    }

    /** As {@link #createIndex}, for a definition whose names are to be read in the user's search path. */
    public void createUsersIndex(Identifier index, boolean unique, String usage) {
        owner.attempt(() -> {
            owner.inUsersPath();
            session.plain(
                    "CREATE " + (unique ? "UNIQUE " : "") + "INDEX " + index.quoted() + " ON " + scratch + " " + usage);
        });
    }

    /** All that follows the table's name in the definition of an index of the copy, as the server prints it. */
    public String indexUsage(Identifier index) {
        Row row = session.query(
                        """
                        SELECT d AS definition,
                               format('CREATE %sINDEX %I ON %s.%I ', CASE WHEN i.indisunique THEN 'UNIQUE ' END,
                                      c.relname,
                                      -- version 14 calls the temporary schema by its real name
                                      CASE WHEN starts_with(d, format('CREATE %sINDEX %I ON pg_temp.',
                                             CASE WHEN i.indisunique THEN 'UNIQUE ' END, c.relname))
                                           THEN 'pg_temp' ELSE n.nspname END,
                                      t.relname) AS beginning
                          FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
                          JOIN pg_namespace n ON n.oid = t.relnamespace
                          CROSS JOIN LATERAL pg_get_indexdef(i.indexrelid) AS d
                         WHERE i.indrelid = ?::regclass AND c.relname = ?
                        """,
                        scratch, index.value())
                .get(0);
        return afterBeginning(row.text("definition"), row.text("beginning"));
    }

    /** The columns that an index of the copy uses in any way. */
    public Set<Identifier> indexColumns(Identifier index) {
        Row row = session.query(
                        """
                        SELECT ARRAY(SELECT a.attname::text FROM pg_attribute a
                                      WHERE a.attrelid = i.indrelid AND a.attnum > 0
                                        AND (a.attnum = ANY (i.indkey::int2[]) OR EXISTS (
                                             SELECT FROM pg_depend d
                                              WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                                                AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid
                                                AND d.refobjsubid = a.attnum))) AS columns
                          FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                         WHERE i.indrelid = ?::regclass AND c.relname = ?
                        """,
                        scratch,
                        index.value())
                .get(0);
        return row.texts("columns").stream().map(Identifier::of).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Makes extended statistics on the copy; the usage is what stands between their name and FROM. */
    public void createStatistics(Identifier statistics, String usage) {
        owner.run("CREATE STATISTICS pg_temp." + statistics.quoted() + " " + usage + " FROM " + scratch);
    }

    /** What stands between name and FROM in the definition of statistics of the copy. */
    public String statistics(Identifier statistics) {
        return session.query(
                        """
                        SELECT left(substr(d, 1 + length('CREATE STATISTICS '
                                             || CASE WHEN starts_with(d, 'CREATE STATISTICS pg_temp.')
                                                     THEN 'pg_temp' ELSE n.nspname END
                                             || '.' || quote_ident(s.stxname) || ' ')),
                                    -length(' FROM ' || s.stxrelid::regclass::text)) AS usage
                          FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace CROSS JOIN LATERAL pg_get_statisticsobjdef(s.oid) AS d
                         WHERE s.stxrelid = ?::regclass AND s.stxname = ?
                        """,
                        scratch,
                        statistics.value())
                .get(0)
                .text("usage");
    }

    private static String afterBeginning(String definition, String beginning) {
        if (!definition.startsWith(beginning)) {
            throw new IllegalStateException(
                    "unexpected definition: " + definition + " does not begin with " + beginning);
        }
        return definition.substring(beginning.length());
    }

    /** What a CHECK of the copy asks of a row. */
    public String checked(Identifier constraint) {
        return session.query(
                        "SELECT pg_get_expr(conbin, conrelid) AS expression FROM pg_constraint"
                                + " WHERE conrelid = ?::regclass AND conname = ?",
                        scratch,
                        constraint.value())
                .get(0)
                .text("expression");
    }

    /** The definition of a constraint of the copy. */
    public String constraint(Identifier constraint) {
        return session.query(
                        "SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint"
                                + " WHERE conrelid = ?::regclass AND conname = ?",
                        scratch,
                        constraint.value())
                .get(0)
                .text("definition");
    }
}
