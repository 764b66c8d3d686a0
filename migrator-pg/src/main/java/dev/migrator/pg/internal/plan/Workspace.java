package dev.migrator.pg.internal.plan;

import dev.migrator.BackfillSettings;
import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.QualifiedName;
import dev.migrator.TableRef;
import dev.migrator.pg.internal.catalog.Catalog;
import dev.migrator.pg.internal.catalog.TableInfo;
import dev.migrator.pg.internal.expression.Scratch;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/** What one run of the planner works on: the session, the tables read so far, the drafts of steps, the findings. */
final class Workspace {
    private final Migration migration;
    private final Session session;
    private final Identifier stateSchema;
    private final Identifier defaultSchema;
    private final String searchPath;
    private final Findings findings;
    private final Map<QualifiedName, Optional<TableWork>> tables = new LinkedHashMap<>();
    private final Set<QualifiedName> named = new LinkedHashSet<>();
    private final List<Draft> drafts = new ArrayList<>();
    private final Queue<Runnable> later = new ArrayDeque<>();

    Workspace(
            Migration migration, Session session, Identifier stateSchema, Identifier defaultSchema, String searchPath) {
        this.migration = migration;
        this.session = session;
        this.stateSchema = stateSchema;
        this.defaultSchema = migration.schema().orElse(defaultSchema);
        this.searchPath = searchPath;
        this.findings = new Findings(migration);
    }

    Migration migration() {
        return migration;
    }

    /** Whether backfills are to leave out the tables' own triggers. */
    boolean skipsUserTriggers() {
        return migration.backfill().userTriggers() == BackfillSettings.UserTriggers.SKIP;
    }

    Identifier stateSchema() {
        return stateSchema;
    }

    Findings findings() {
        return findings;
    }

    Session session() {
        return session;
    }

    Catalog catalog() {
        return new Catalog(session);
    }

    int serverVersion() {
        return session.connectionVersion();
    }

    /** Has something done once all operations have said which columns they add, replace and drop. */
    void afterwards(Runnable work) {
        later.add(work);
    }

    /** Does what waited for all operations, and what that in turn puts off. */
    void settle() {
        while (!later.isEmpty()) {
            later.remove().run();
        }
    }

    void add(Draft draft) {
        drafts.add(draft);
    }

    List<Draft> drafts() {
        return drafts;
    }

    Collection<TableWork> tables() {
        return tables.values().stream().flatMap(Optional::stream).toList();
    }

    /** The tables that operations have asked for, those too that are not read yet. */
    Collection<QualifiedName> named() {
        return named;
    }

    QualifiedName resolve(TableRef ref) {
        return new QualifiedName(ref.schema().orElse(defaultSchema), ref.name());
    }

    /** The table of an operation; empty, with the reason among the findings, if it can't be worked on. */
    Optional<TableWork> table(String path, TableRef ref) {
        QualifiedName name = resolve(ref);
        named.add(name);
        Optional<TableWork> known = tables.get(name);
        if (known == null) {
            known = open(path, name);
            tables.put(name, known);
        }
        return known;
    }

    private Optional<TableWork> open(String path, QualifiedName name) {
        Optional<TableInfo> info = catalog().table(name);
        if (info.isEmpty()) {
            findings.refuse(path + ".table", "there is no table " + name.quoted() + ".", nearest(name));
            return Optional.empty();
        }
        if (!TablePreflight.passes(path, info.get(), findings)) {
            return Optional.empty();
        }
        Names names = new Names(migration.id(), name);
        if (info.get().column(names.marker()).isPresent()) {
            findings.refuse(
                    path + ".table",
                    name.quoted() + " has the column " + names.marker().quoted() + ", by which this migration was"
                            + " started on it before, and the state schema " + stateSchema.quoted()
                            + " knows nothing of that.",
                    "Name the schema that does (--state-schema), or restore it; if it is lost, undo by hand what the"
                            + " migration has changed.");
            return Optional.empty();
        }
        try {
            Scratch scratch = new Scratch(session, searchPath, name);
            return Optional.of(new TableWork(names, stateSchema, info.get(), scratch));
        } catch (SQLException e) {
            if (SqlErrors.state(e).equals(SqlErrors.LOCK_NOT_AVAILABLE)) {
                throw SqlErrors.failure("a temporary copy of " + name.quoted() + " can't be made now", e);
            }
            findings.refuse(
                    path + ".table",
                    "a temporary copy of " + name.quoted() + " can't be made: " + SqlErrors.describe(e) + ".",
                    SqlErrors.state(e).equals(SqlErrors.NO_RIGHTS)
                            ? "Expressions are checked on one: GRANT TEMPORARY ON DATABASE to this role."
                            : "Expressions are checked on one.");
            return Optional.empty();
        }
    }

    private String nearest(QualifiedName name) {
        List<String> others = session
                .query(
                        """
                        SELECT format('%I.%I', n.nspname, c.relname) AS name
                          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                         WHERE c.relkind IN ('r', 'p')
                           AND (lower(c.relname) = lower(?) OR n.nspname = ? AND n.nspname <> 'pg_catalog')
                         ORDER BY lower(c.relname) = lower(?) DESC, c.relname LIMIT 8
                        """,
                        name.name().value(), name.schema().value(), name.name().value())
                .stream()
                .map(row -> row.text("name"))
                .toList();
        return others.isEmpty()
                ? "The schema " + name.schema().quoted() + " has no tables, or does not exist."
                : "There are: " + String.join(", ", others) + ".";
    }
}
