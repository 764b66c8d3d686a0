package dev.migrator.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class PgDumpTest {

    @Test
    void dumps_the_schemas_asked_for_where_a_pg_dump_is_new_enough() {
        // The oldest server has the best chance to meet one.
        int major = PostgresServer.missing(14).isEmpty() ? 14 : PostgresServer.DEFAULT_MAJOR;
        try (PostgresServer server = PostgresServer.start(major);
                TestDatabase db = server.createDatabase()) {
            db.execute("CREATE TABLE t (n int)", "CREATE SCHEMA \"Other one\"", "CREATE TABLE \"Other one\".u (n int)");
            Optional<String> dump = PgDump.schemaOnly(db, "Other one");
            assumeTrue(dump.isPresent(), "no pg_dump of version " + major + " or newer is installed");

            assertThat(dump.orElseThrow())
                    .contains("CREATE TABLE \"Other one\".u")
                    .doesNotContain("public.t")
                    .doesNotContain("restrict")
                    .doesNotContain("Dumped");
            assertThat(PgDump.schemaOnly(db)).isEqualTo(PgDump.schemaOnly(db));
            assertThat(PgDump.schemaOnly(db).orElseThrow()).contains("public.t");
        }
    }
}
