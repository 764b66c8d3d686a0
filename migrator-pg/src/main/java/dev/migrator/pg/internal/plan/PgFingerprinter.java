package dev.migrator.pg.internal.plan;

import dev.migrator.QualifiedName;
import dev.migrator.engine.MigrationState;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepState;
import dev.migrator.pg.internal.catalog.Catalog;
import dev.migrator.pg.internal.catalog.TableInfo;
import dev.migrator.pg.internal.execute.Fingerprinter;
import dev.migrator.pg.internal.execute.LockHolders;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;

/** Reads a fingerprint from the catalog as it is now. */
public final class PgFingerprinter implements Fingerprinter {
    private final DataSource source;

    /** Makes a reader. */
    public PgFingerprinter(DataSource source) {
        this.source = source;
    }

    @Override
    public List<String> fingerprint(MigrationState state, List<StepState> steps) {
        try (Session session = Session.open(source)) {
            return session.inPassing("reading the catalog", () -> {
                session.query("SELECT pg_catalog.set_config('search_path', '', true),"
                        + " pg_catalog.set_config('lock_timeout', '2s', true),"
                        + " pg_catalog.set_config('idle_in_transaction_session_timeout', '15s', true),"
                        + PgPlanner.PRINTED);
                return read(state, steps, new Catalog(session));
            });
        } catch (StepFailure e) {
            throw LockHolders.named(source, e, tables(steps));
        }
    }

    private static List<String> read(MigrationState state, List<StepState> steps, Catalog catalog) {
        List<String> lines = new ArrayList<>();
        for (QualifiedName name : tables(steps)) {
            Optional<TableInfo> table = catalog.table(name);
            if (table.isEmpty()) {
                lines.add("no table " + name.quoted());
                continue;
            }
            Set<Integer> touched = Fingerprint.touched(name, state.fingerprint());
            for (StepState step : steps) {
                for (Artifact artifact : step.step().makes()) {
                    if (artifact.kind() == Artifact.Kind.COLUMN
                            && artifact.table().equals(name)) {
                        table.get().column(artifact.name()).ifPresent(column -> touched.add(column.number()));
                    }
                }
            }
            // A column that PURGE or a rollback has dropped is no longer touched.
            touched.removeIf(number -> table.get().columns().stream().noneMatch(column -> column.number() == number));
            lines.addAll(Fingerprint.lines(table.get(), touched));
        }
        return lines;
    }

    /** The tables whose steps carry artifacts of the migration, in a fixed order. */
    private static Set<QualifiedName> tables(List<StepState> steps) {
        Set<QualifiedName> tables =
                new TreeSet<>(Comparator.comparing(QualifiedName::schema).thenComparing(QualifiedName::name));
        for (StepState state : steps) {
            Step step = state.step();
            step.makes().forEach(artifact -> tables.add(artifact.table()));
        }
        return tables;
    }
}
