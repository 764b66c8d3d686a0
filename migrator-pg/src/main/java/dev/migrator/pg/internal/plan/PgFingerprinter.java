package dev.migrator.pg.internal.plan;

import dev.migrator.Phase;
import dev.migrator.QualifiedName;
import dev.migrator.engine.MigrationState;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepState;
import dev.migrator.engine.StepStatus;
import dev.migrator.pg.internal.catalog.Catalog;
import dev.migrator.pg.internal.catalog.TableInfo;
import dev.migrator.pg.internal.execute.Fingerprinter;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.transact.LockHolders;
import dev.migrator.plan.Artifact;
import dev.migrator.plan.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
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
            List<String> found = Fingerprint.lines(table.get(), touched);
            if (isExchanged(steps)) {
                Set<String> needed = needed(table.get(), steps, found);
                found.removeIf(
                        line -> !needed.contains(line) && !state.fingerprint().contains(line));
            }
            lines.addAll(found);
        }
        return lines;
    }

    private static boolean isExchanged(List<StepState> steps) {
        List<StepState> contract = steps.stream()
                .filter(step -> step.step().phase() == Phase.CONTRACT)
                .toList();
        return !contract.isEmpty() && contract.stream().allMatch(step -> step.status() == StepStatus.DONE);
    }

    /**
     * After CONTRACT the new shape belongs to the application, which may put indexes and keys on it: PURGE relies on what
     * stands on the columns that it takes away, and on what it gives another name.
     */
    private static Set<String> needed(TableInfo table, List<StepState> steps, List<String> lines) {
        Set<Integer> doomed = new TreeSet<>();
        Set<String> ours = new HashSet<>();
        for (StepState step : steps) {
            for (Artifact artifact : step.step().removes()) {
                boolean goes = step.step().phase() == Phase.PURGE && artifact.kind() == Artifact.Kind.COLUMN;
                if (goes && artifact.table().equals(table.name())) {
                    table.column(artifact.name()).ifPresent(column -> doomed.add(column.number()));
                }
            }
            step.step().makes().forEach(artifact -> ours.add(artifact.name().quoted()));
        }
        Set<String> needed = new HashSet<>(Fingerprint.lines(table, doomed));
        lines.stream()
                .filter(line -> Fingerprint.isHead(line) || ours.stream().anyMatch(line::contains))
                .forEach(needed::add);
        return needed;
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
