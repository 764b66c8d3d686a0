package dev.migrator.test.assertions;

import dev.migrator.plan.Plan;
import dev.migrator.test.LockTrace;
import dev.migrator.test.MigrationDatabase;

/** Where assertions begin: {@code assertThat(database).isLossless()}. */
public final class MigratorAssertions {

    private MigratorAssertions() {}

    /** On a plan: what it says that it will do. */
    public static PlanAssert assertThat(Plan plan) {
        return new PlanAssert(plan);
    }

    /** On the migration of a database: what it really does, mostly seen in copies. */
    public static MigrationAssert assertThat(MigrationDatabase database) {
        return new MigrationAssert(database);
    }

    /** On the locks that a migration has taken. */
    public static LockTraceAssert assertThat(LockTrace trace) {
        return new LockTraceAssert(trace);
    }
}
