package dev.migrator.pg.execute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Direction;
import dev.migrator.Gate;
import dev.migrator.MigrationFiles;
import dev.migrator.Phase;
import dev.migrator.Shape;
import dev.migrator.engine.GateAnswer;
import dev.migrator.engine.GateQuestion;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GateTest {
    private static ExecutionSite site;

    @BeforeAll
    static void open() {
        site = ExecutionSite.of();
        site.db.execute("CREATE TABLE t (i int)");
    }

    @AfterAll
    static void close() {
        site.close();
    }

    private static final GateQuestion QUESTION = new GateQuestion(
            MigrationFiles.parse("1", "1.yaml", "operations: [ { sql: { expand: x } } ]"),
            Phase.CONTRACT,
            Direction.FORWARD,
            Optional.of(Shape.OLD));

    private static GateAnswer ask(String query) {
        return site.executor().ask(new Gate.Sql(query, "not yet"), QUESTION);
    }

    @Test
    void onlyTrueLetsThePhaseBegin() {
        assertThat(ask("SELECT true").open()).isTrue();
        assertThat(ask("SELECT count(*) = 0 AS empty FROM t -- now\n ; ").open())
                .isTrue();
        assertThat(ask("WITH x AS (SELECT 1) SELECT true FROM x").open()).isTrue();
        assertThat(ask("SELECT false")).isEqualTo(GateAnswer.wait("not yet"));
    }

    @Test
    void anAnswerThatIsNoneIsAReasonToWait() {
        assertThat(ask("SELECT NULL::boolean")).isEqualTo(GateAnswer.unknown("not yet (the query answered NULL)"));
        assertThat(ask("SELECT true WHERE false").reason()).contains("answered no row instead of one");
        assertThat(ask("SELECT true FROM generate_series(1, 2)").reason()).contains("more than one row");
        assertThat(ask("SELECT true, true").reason()).contains("more than one column");
        assertThat(ask("SELECT 't'::text").reason()).contains("a value of type text");
        assertThat(ask("SELECT 1").reason()).contains("a value of type integer");
    }

    @Test
    void anErrorIsAReasonToWait() {
        assertThat(ask("SELECT nothing").reason()).startsWith("not yet (").contains("42703");
        assertThat(ask("SELECT 1/0 = 1").reason()).contains("22012");
        assertThat(ask("nonsense").open()).isFalse();
    }

    @Test
    void itCanNotChangeAnything() {
        assertThat(ask("WITH x AS (INSERT INTO t VALUES (1) RETURNING 1) SELECT true FROM x")
                        .open())
                .isFalse();
        assertThat(ask("SELECT nextval('s') > 0").open()).isFalse();
        site.db.execute(
                "CREATE FUNCTION writes() RETURNS boolean LANGUAGE sql AS 'INSERT INTO t VALUES (1) RETURNING true'");
        assertThat(ask("SELECT writes()").reason()).contains("25006");
        assertThat(site.db.queryLong("SELECT count(*) FROM t")).isZero();
    }

    @Test
    void aSlowOneIsCutOffAndWaits() {
        assertThat(ask("SELECT pg_sleep(600) IS NOT NULL").reason()).contains("57014");
    }
}
