package dev.migrator.pg;

import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.QualifiedName;
import dev.migrator.engine.MigrationState;
import dev.migrator.engine.MigrationStore;
import dev.migrator.engine.Waiting;
import dev.migrator.operation.AddForeignKey;
import dev.migrator.operation.Operation;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps two migrations from working on one table at the same time.
 *
 * <p>A migration does not start while another one that names the same table is under way, or comes before it and has not
 * started. One that was rolled back entirely is in nobody's way. What the statements of a {@code sql} operation touch is not
 * known and not looked at.
 */
final class StartOrder {
    private final List<Migration> migrations;
    private final MigrationStore store;
    private final Server server;

    StartOrder(List<Migration> migrations, MigrationStore store, Server server) {
        this.migrations = migrations;
        this.store = store;
        this.server = server;
    }

    /** What a migration that has not started waits for; empty if nothing, or if it has started. */
    Optional<Waiting> inTheWayOf(Migration migration) {
        Optional<MigrationState> own = store.find(migration.id());
        if (own.isPresent() && !own.get().isRolledBack()) {
            return Optional.empty();
        }
        Set<QualifiedName> tables = tables(migration);
        boolean before = true;
        for (Migration other : migrations) {
            if (other.equals(migration)) {
                before = false;
                continue;
            }
            Set<QualifiedName> shared = new LinkedHashSet<>(tables);
            shared.retainAll(tables(other));
            Optional<Waiting> waiting = shared.isEmpty()
                    ? Optional.empty()
                    : waitsFor(other, before, shared.iterator().next());
            if (waiting.isPresent()) {
                return waiting;
            }
        }
        return Optional.empty();
    }

    private Optional<Waiting> waitsFor(Migration other, boolean before, QualifiedName table) {
        Optional<MigrationState> state = store.find(other.id());
        if (state.isEmpty() && before) {
            return Optional.of(new Waiting(
                    "order",
                    "migration " + other.id() + " comes first, works on table " + table
                            + " too, and has not started: migrate " + other.id()));
        }
        return state.filter(found -> !found.isFinished() && !found.isRolledBack())
                .map(found -> new Waiting(
                        "order",
                        "migration " + other.id() + " works on table " + table + " too, and stands at "
                                + found.position()));
    }

    private Set<QualifiedName> tables(Migration migration) {
        Identifier schema = migration.schema().orElseGet(server::schema);
        Set<QualifiedName> tables = new LinkedHashSet<>();
        for (Operation operation : migration.operations()) {
            operation.onTable().map(table -> table.in(schema)).ifPresent(tables::add);
            if (operation instanceof AddForeignKey key) {
                tables.add(key.referencedTable().in(schema));
            }
        }
        return tables;
    }
}
