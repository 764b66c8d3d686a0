package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import java.util.List;
import java.util.Optional;

/**
 * A CHECK or NOT NULL of a column that leaves. From CONTRACT on the new release knows nothing of it and must not fail by it, so
 * that it is set aside; a rollback proves it again before the old shape comes back.
 *
 * @param path the operation, as a key path
 * @param title what it is, for people
 * @param name the constraint with which a rollback proves it: its own name for a CHECK
 * @param definition that constraint, with the names that the columns bear from CONTRACT to PURGE
 * @param broken a condition on rows that break it, with the same names
 * @param validated whether it holds for all rows before EXPAND
 * @param comment the comment on it
 * @param asideBy the statements that set it aside, once the columns bear those names
 * @param backBy the statements that make it as it was, once the columns have their old names back
 */
record RetiredRule(
        String path,
        String title,
        Identifier name,
        String definition,
        String broken,
        boolean validated,
        Optional<String> comment,
        List<String> asideBy,
        List<String> backBy) {

    RetiredRule {
        asideBy = List.copyOf(asideBy);
        backBy = List.copyOf(backBy);
    }
}
