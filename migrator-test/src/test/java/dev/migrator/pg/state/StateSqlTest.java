package dev.migrator.pg.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.engine.Lease;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StateSqlTest {
    private final StateSite site = StateSite.installed();

    @BeforeEach
    void table() {
        site.db.execute("CREATE TABLE t (n int CHECK (n > 0))", "INSERT INTO t VALUES (1)");
    }

    @AfterEach
    void drop() {
        site.close();
    }

    private String state(String statement) {
        return SqlStates.of(() -> site.commit(statement));
    }

    @Test
    void ensure_stops_the_transaction_unless_its_query_answers_true() {
        site.commit(site.sql.ensure("SELECT n = 1 FROM t -- yes", "n is 1"));

        assertThat(state(site.sql.ensure("SELECT n = 2 FROM t", "it's 2"))).isEqualTo("MG003");
        assertThat(state(site.sql.ensure("SELECT NULL::boolean", "known"))).isEqualTo("MG003");
        assertThat(state(site.sql.ensure("SELECT true FROM t WHERE false", "a row")))
                .isEqualTo("MG003");
    }

    @Test
    void run_runs_statements_but_ends_no_transaction() {
        site.commit(site.sql.run("INSERT INTO t VALUES (2); UPDATE t SET n = n + 10 -- 'all'"));

        assertThat(site.db.queryStrings("SELECT n FROM t ORDER BY n")).containsExactly("11", "12");
        assertThat(state(site.sql.run("INSERT INTO t VALUES (3); COMMIT"))).isEqualTo("0A000");
        assertThat(site.db.queryLong("SELECT count(*) FROM t")).isEqualTo(2);
    }

    @Test
    void trial_leaves_nothing_but_the_error() {
        site.commit(site.sql.trial("INSERT INTO t VALUES (5)"), site.sql.trial("CREATE TABLE u ()"));

        assertThat(site.db.queryStrings("SELECT n FROM t")).containsExactly("1");
        assertThat(state(site.sql.trial("INSERT INTO t VALUES (0)"))).isEqualTo("23514");
        assertThat(site.db.queryStrings("SELECT 1 FROM pg_class WHERE relname = 'u'"))
                .isEmpty();
    }

    @Test
    void same_file_notices_a_rewrite() {
        long relation = site.db.queryLong("SELECT 't'::regclass::oid");
        long file = site.db.queryLong("SELECT pg_relation_filenode('t')");
        site.commit(site.sql.sameFile(relation, file));
        site.db.execute("VACUUM FULL t");

        assertThat(state(site.sql.sameFile(relation, file))).isEqualTo("MG004");
        site.db.execute("DROP TABLE t");
        assertThat(state(site.sql.sameFile(relation, file))).isEqualTo("MG004");
    }

    @Test
    void an_event_is_written_with_the_transaction_or_not_at_all() {
        Lease lease = site.lease("m");
        site.commit(site.sql.fence(lease), site.sql.event(lease, "r2", Phase.PURGE, "it's", "100 % \\ {0}"));
        assertThat(state(site.sql.event(lease, "", Phase.PURGE, "x", "") + "; SELECT 1/0"))
                .isEqualTo("22012");

        assertThat(site.store.history("m")).singleElement().satisfies(event -> {
            assertThat(event.event()).isEqualTo("it's");
            assertThat(event.release()).isEqualTo("r2");
            assertThat(event.detail()).isEqualTo("100 % \\ {0}");
        });
    }
}
