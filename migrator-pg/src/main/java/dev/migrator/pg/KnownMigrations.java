package dev.migrator.pg;

import dev.migrator.Migration;
import dev.migrator.engine.MigrationStore;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The migrations that are defined, in their order, and those that are on record only. */
record KnownMigrations(List<Migration> defined, MigrationStore store) {

    /** The migrations with these ids, in their order; all if none is named. */
    List<Migration> select(String... ids) {
        List<String> wanted = Arrays.asList(ids);
        wanted.forEach(this::find);
        return defined.stream()
                .filter(migration -> ids.length == 0 || wanted.contains(migration.id()))
                .toList();
    }

    /** The migration with that id. */
    Migration find(String id) {
        return defined.stream()
                .filter(migration -> migration.id().equals(id))
                .findFirst()
                .orElseThrow(() -> unknown(id));
    }

    /** Ids by name, defined or on record; all if none is named. */
    List<String> ids(String... ids) {
        Arrays.asList(ids).forEach(this::check);
        Set<String> wanted = new TreeSet<>(Arrays.asList(ids));
        if (ids.length == 0) {
            defined.forEach(migration -> wanted.add(migration.id()));
            store.all().forEach(state -> wanted.add(state.id()));
        }
        return List.copyOf(wanted);
    }

    /** What is on record may be asked about and stopped even if its definition is not at hand. */
    void check(String id) {
        boolean known = defined.stream().anyMatch(migration -> migration.id().equals(id))
                || store.find(id).isPresent();
        if (!known) {
            throw unknown(id);
        }
    }

    private UnknownMigrationException unknown(String id) {
        if (store.find(id).isPresent()) {
            return new UnknownMigrationException(
                    "Migration " + id + " is on record, and its file is not at hand; put it"
                            + " back as it was when the migration was started, then run this again. Nothing was done.");
        }
        return new UnknownMigrationException(
                id, defined.stream().map(Migration::id).toList());
    }
}
