package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Phase;
import dev.migrator.engine.PlanRefusedException;
import dev.migrator.plan.Finding;
import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Expressions that another session computes otherwise: {@code plan} says so before VALIDATE meets the rows. */
class SessionSettingsTest {
    private static final String INSTANT =
            "- changeType: { table: events, column: at, type: timestamptz, to: instant%s }\n";
    private static final String UTC = ", up: \"at AT TIME ZONE 'UTC'\", down: \"instant AT TIME ZONE 'UTC'\"";

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = PostgresServer.shared().createDatabase();
        database.execute(
                "CREATE TYPE mood AS ENUM ('sad')",
                "CREATE TABLE events (id int PRIMARY KEY, at timestamp, day date, n int, name text, j json)",
                "INSERT INTO events VALUES (1, '2026-01-01 12:00', '2026-01-01', 1, 'sad', '{}')");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private boolean isWarnedOf(String operation) {
        return new Users(database)
                .plan(operation).plan().findings().stream()
                        .anyMatch(finding -> finding.severity() == Finding.Severity.WARNING
                                && finding.message().contains("may depend on settings of the session"));
    }

    private static String change(String column, String type) {
        return "- changeType: { table: events, column: " + column + ", type: " + type + " }\n";
    }

    private static String add(String up) {
        return "- addColumn: { table: events, column: extra, type: text, up: \"" + up + "\" }\n";
    }

    @Test
    void whatDependsOnSettingsIsWarnedOf() {
        for (String operation : List.of(
                INSTANT.formatted(""),
                change("name", "date"),
                change("day", "text"),
                add("concat(name, day)"),
                add("name || day"),
                add("to_tsvector(name)::text"),
                add("to_char(at, 'Day')"))) {
            assertThat(isWarnedOf(operation)).as(operation).isTrue();
        }
    }

    @Test
    void whatDoesNotIsNot() {
        for (String operation : List.of(
                INSTANT.formatted(UTC),
                change("name", "mood"),
                change("n", "text"),
                change("j", "jsonb"),
                change("day", "timestamp"),
                add("concat(name, n) || n"),
                "- addColumn: { table: events, column: extra, type: timestamptz, default: now(), nullable: false }\n",
                "- setNotNull: { table: events, column: at, fill: now() }\n",
                "- renameColumn: { table: events, column: at, to: instant }\n")) {
            assertThat(isWarnedOf(operation)).as(operation).isFalse();
        }
    }

    @Test
    void theTimeAndTheUserAreRefused() {
        Users users = new Users(database);
        for (String up : List.of("now()::text", "current_user", "current_date::text", "statement_timestamp()::text")) {
            assertThatThrownBy(() -> users.plan(add(up)))
                    .as(up)
                    .isInstanceOf(PlanRefusedException.class)
                    .hasMessageContaining("tells the time or who asks");
        }
    }

    @Test
    void aWriterInAnotherTimeZoneKeepsValidateShutUnlessTheExpressionNamesTheZone() {
        String write = "INSERT INTO events (id, at) VALUES (%d, '2026-01-01 12:00')";
        PlanRunner vague = new Users(database).plan(INSTANT.formatted("")).through(Phase.BACKFILL);
        database.execute("SET timezone = 'America/New_York'", write.formatted(2));
        assertThat(vague.violations(Phase.VALIDATE)).containsExactly("1 × differs from up: at → instant");
        vague.undo(Phase.BACKFILL);
        vague.undo(Phase.EXPAND);
        PlanRunner clear = new Users(database).plan(INSTANT.formatted(UTC)).through(Phase.BACKFILL);
        database.execute("SET timezone = 'America/New_York'", write.formatted(3));
        assertThat(clear.violations(Phase.VALIDATE)).isEmpty();
    }
}
