package dev.migrator.pg.plan;

import static org.assertj.core.api.Assumptions.assumeThat;

import dev.migrator.test.TestDatabase;
import java.util.Collection;
import java.util.regex.Pattern;

/** What a server can't read yet is not tried there. */
final class Syntax {
    private static final Pattern SINCE_15 = Pattern.compile(
            "MERGE INTO|FOR TABLES IN SCHEMA|FOR TABLE \\w+ \\(|NULLS NOT DISTINCT|ON DELETE SET (NULL|DEFAULT) \\(");

    private Syntax() {}

    /** Skips the test on a server that is too old for one of the statements. */
    static void assumeUnderstood(TestDatabase database, Collection<String> statements) {
        boolean newer =
                statements.stream().anyMatch(sql -> SINCE_15.matcher(sql).find());
        int needed = newer ? 15 : 14;
        assumeThat(database.server().majorVersion()).as("PostgreSQL").isGreaterThanOrEqualTo(needed);
    }
}
