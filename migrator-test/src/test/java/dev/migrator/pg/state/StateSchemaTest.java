package dev.migrator.pg.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.Lease;
import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.state.PgStore;
import dev.migrator.pg.internal.state.StateSchema;
import dev.migrator.test.FaultPlan;
import dev.migrator.test.FaultyDataSource;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateSchemaTest {
    private final TestDatabase db = PostgresServer.shared().createDatabase();

    @AfterEach
    void drop() {
        db.close();
    }

    private StateSchema schema(String name) {
        return new StateSchema(db.dataSource(), Identifier.of(name));
    }

    private PgStore store(String name) {
        return new PgStore(db.dataSource(), Identifier.of(name), db.name(), "");
    }

    private static StepFailure refusal(StateSchema schema) {
        StepFailure failure = catchThrowableOfType(StepFailure.class, schema::install);
        assertThat(failure.errorClass()).as(failure.getMessage()).isEqualTo(ErrorClass.PERMANENT);
        return failure;
    }

    @Test
    void asking_installs_nothing() {
        PgStore store = store("migrator");

        assertThat(schema("migrator").isInstalled()).isFalse();
        assertThat(store.find("m")).isEmpty();
        assertThat(store.all()).isEmpty();
        assertThat(store.steps("m")).isEmpty();
        assertThat(store.history("m")).isEmpty();
        assertThat(store.holder("m")).isEmpty();
        assertThat(store.isPaused("m")).isFalse();
        assertThat(store.approvals("m", Phase.PURGE, "sum")).isEmpty();
        assertThat(db.queryStrings("SELECT nspname FROM pg_namespace WHERE nspname = 'migrator'"))
                .isEmpty();
    }

    @Test
    void writing_without_it_says_what_is_missing() {
        assertThat(catchThrowableOfType(
                        StepFailure.class, () -> store("migrator").approve("m", Phase.PURGE, "s", "b", "r")))
                .hasMessageContaining("the state schema \"migrator\" is not installed in this database")
                .extracting(StepFailure::errorClass)
                .isEqualTo(ErrorClass.PERMANENT);
        assertThat(catchThrowableOfType(
                        StepFailure.class, () -> store("migrator").acquire("m", "o", StateSite.LONG)))
                .hasMessageContaining("is not installed");
    }

    @Test
    void what_is_up_to_date_costs_one_query() {
        schema("migrator").install();
        FaultyDataSource counting = FaultyDataSource.over(db.dataSource(), FaultPlan.none());

        new StateSchema(counting, Identifier.of("migrator")).install();

        assertThat(counting.count()).isEqualTo(1);
        assertThat(
                        db.queryRows(
                                "SELECT version, description, success FROM migrator.flyway_schema_history WHERE version IS NOT NULL"))
                .containsExactly(
                        List.of("1", "state tables", "t"),
                        List.of("2", "workers", "t"),
                        List.of("3", "releases", "t"),
                        List.of("4", "entrance", "t"),
                        List.of("5", "same content", "t"),
                        List.of("6", "transactions from before", "t"),
                        List.of("7", "rows as they were", "t"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "it's",
                "we\"ird",
                "100% %s %1$s",
                "{0} {d '1'}",
                "${schema}",
                "$$",
                "$1 ? ?? :x",
                "a.b; --",
                "two\nlines\t",
                "Größe 😀",
                "\\",
                "user",
                "pg"
            })
    void any_name_will_do(String name) {
        schema(name).install();
        schema(name).install();
        PgStore store = store(name);
        Lease lease = store.acquire("m", "o", StateSite.LONG).orElseThrow();
        store.start(lease, StateSite.migration("m"), StateSite.plan("m", Steps.step(1)));
        store.transition(lease, StateSite.to(Phase.EXPAND, Status.COMPLETE, "phase-complete"));
        store.setPaused("m", true);
        store.approve("m", Phase.PURGE, "sum", "by", "reason");

        assertThat(schema(name).isInstalled()).isTrue();
        assertThat(store.all()).hasSize(1);
        assertThat(store.steps("m")).hasSize(1);
        assertThat(store.isPaused("m")).isTrue();
        assertThat(store.approvals("m", Phase.PURGE, "sum")).hasSize(1);
        assertThat(store.firstBreakOfHistory("m")).isEmpty();
        assertThat(store.renew(store.settle(lease, StateSite.LONG), StateSite.LONG))
                .isTrue();
    }

    @Test
    void a_database_of_another_encoding_will_do() {
        // Comments with characters that the encoding lacks would be an error.
        db.executeAsSuperuser(
                "CREATE DATABASE \"%s_latin1\" TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'".formatted(db.name()));
        try {
            var source = db.dataSource();
            source.setDatabaseName(db.name() + "_latin1");
            db.executeAsSuperuser("ALTER DATABASE \"%s_latin1\" OWNER TO \"%s\"".formatted(db.name(), db.user()));
            StateSchema schema = new StateSchema(source, Identifier.of("größe"));
            schema.install();
            assertThat(schema.isInstalled()).isTrue();
        } finally {
            db.executeAsSuperuser("DROP DATABASE \"%s_latin1\"".formatted(db.name()));
        }
    }

    @Test
    void a_name_that_would_end_the_quotes_of_a_function_is_refused() {
        assertThat(refusal(schema("a$fn$b"))).hasMessageContaining("can't be called \"a$fn$b\"");
        assertThat(db.queryStrings("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'a$%'"))
                .isEmpty();
    }

    @Test
    void a_newer_version_is_read_but_not_migrated_by() {
        schema("migrator").install();
        PgStore store = store("migrator");
        store.setPaused("m", true);
        db.execute(
                "CREATE OR REPLACE FUNCTION migrator.state_version() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 8'");

        assertThat(refusal(schema("migrator")))
                .hasMessageContaining(
                        "The state schema \"migrator\" has version 8, this library knows 7: use the newer release");
        assertThat(schema("migrator").isInstalled()).isTrue();
        assertThat(store.isPaused("m")).isTrue();
    }

    @Test
    void who_may_not_create_the_schema_is_told_what_an_owner_has_to_say() {
        String role = db.createRole("we\"ird");
        StateSchema schema = new StateSchema(db.dataSource(role), Identifier.of("state'\""));

        StepFailure failure = refusal(schema);
        assertThat(failure).hasMessageContaining("may not create it in database " + db.name());

        db.executeAsSuperuser(said("CREATE SCHEMA .* AUTHORIZATION .*(?= or GRANT)", failure));
        schema.install();
        assertThat(schema.isInstalled()).isTrue();
    }

    @Test
    void who_may_not_create_tables_is_told_what_the_owner_has_to_say() {
        String role = db.createRole("job");
        db.execute("CREATE SCHEMA migrator");
        StateSchema schema = new StateSchema(db.dataSource(role), Identifier.of("migrator"));

        StepFailure failure = refusal(schema);
        db.execute(said("GRANT USAGE, CREATE ON SCHEMA .*(?=\\.)", failure));
        schema.install();
        assertThat(schema.isInstalled()).isTrue();
    }

    private static String said(String statement, StepFailure failure) {
        Matcher matcher = Pattern.compile(statement).matcher(String.valueOf(failure.getMessage()));
        assertThat(matcher.find()).as(failure.getMessage()).isTrue();
        return matcher.group();
    }

    @Test
    void a_schema_that_holds_something_else_is_left_alone() {
        db.execute("CREATE SCHEMA migrator", "CREATE TABLE migrator.mine (n int)");

        assertThat(refusal(schema("migrator"))).hasMessageContaining("migrator").hasMessageContaining("non-empty");
        assertThat(db.queryStrings("SELECT relname FROM pg_class WHERE relnamespace = 'migrator'::regnamespace"))
                .containsExactly("mine");
    }

    @Test
    void it_needs_two_connections_at_once_and_gives_them_back_as_they_were() throws Exception {
        try (LastingConnections source = new LastingConnections(db.dataSource(), 2)) {
            new StateSchema(source, Identifier.of("migrator")).install();

            assertThat(source.each("SELECT source FROM pg_settings WHERE name = 'search_path'"))
                    .containsOnly("default");
            assertThat(source.each(
                            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"))
                    .containsOnly("0");
            assertThat(source.each("SELECT state FROM pg_stat_activity WHERE pid = pg_backend_pid()"))
                    .containsOnly("active");
            assertThat(source.lent()).isZero();
        }
    }

    @Test
    void every_table_column_and_function_says_what_it_is_for() {
        schema("migrator").install();

        assertThat(
                        db.queryStrings(
                                """
                        SELECT c.relname || coalesce('.' || a.attname, '')
                        FROM pg_class AS c
                        LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                        WHERE c.relnamespace = 'migrator'::regnamespace AND c.relkind = 'r'
                            AND c.relname <> 'flyway_schema_history'
                            AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)
                        UNION ALL
                        SELECT p.proname FROM pg_proc AS p
                        WHERE p.pronamespace = 'migrator'::regnamespace AND obj_description(p.oid) IS NULL"""))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 15, 16, 18})
    void it_works_on_other_majors(int major) {
        PostgresServer.missing(major).ifPresent(reason -> assumeTrue(false, reason));
        try (PostgresServer server = PostgresServer.start(major);
                StateSite site = StateSite.installed(server, "it's")) {
            Lease lease = site.lease("m");
            site.store.start(lease, StateSite.migration("m"), StateSite.plan("m", Steps.step(1)));
            site.commit(site.sql.fence(lease), site.sql.stepDone(lease, 1));
            site.commit(site.sql.trial("SELECT 1"), site.sql.ensure("SELECT true", "true"), site.sql.run("SELECT 1"));
            site.store.transition(lease, StateSite.to(Phase.EXPAND, Status.COMPLETE, "phase-complete"));
            site.store.approve("m", Phase.PURGE, "sum", "by", "reason");
            site.store.setPaused("m", true);

            assertThat(site.store.approvals("m", Phase.PURGE, "sum")).hasSize(1);
            assertThat(site.store.firstBreakOfHistory("m")).isEmpty();
            assertThat(site.events("m")).containsExactly("started", "phase-complete", "approved", "pause-requested");
            assertThat(site.store.settle(lease, StateSite.LONG).token()).isEqualTo(2);
            assertThatCode(() -> new StateSchema(site.db.dataSource(), site.schema).install())
                    .doesNotThrowAnyException();
        }
    }
}
