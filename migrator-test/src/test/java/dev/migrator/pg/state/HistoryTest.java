package dev.migrator.pg.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.engine.Event;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryTest {
    private static final String ID = "0007_it's \"100%\" {0}\nü";

    private final StateSite site = StateSite.installed();
    private final String events = site.table("phase_event");

    @AfterEach
    void drop() {
        site.close();
    }

    private void write(int lines) {
        for (int i = 0; i < lines; i++) {
            site.store.approve(ID, Phase.PURGE, "sum", "by", "reason " + i);
        }
    }

    @Test
    void a_history_that_nobody_touched_is_whole() {
        assertThat(site.store.firstBreakOfHistory(ID)).isEmpty();
        write(3);
        site.store.setPaused("another", true);

        assertThat(site.store.firstBreakOfHistory(ID)).isEmpty();
        assertThat(site.store.firstBreakOfHistory("another")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE %s SET detail = ''",
                "DELETE FROM %s",
                "DELETE FROM %s WHERE false",
                "TRUNCATE %s CASCADE"
            })
    void not_even_the_owner_changes_it(String statement) {
        write(1);

        assertThat(SqlStates.of(() -> site.db.execute(statement.formatted(events))))
                .isEqualTo("MG006");
        assertThat(site.store.history(ID)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    UPDATE %1$s SET detail = 'other' WHERE seq = 2            | 2
                    UPDATE %1$s SET actor = 'other' WHERE seq = 1             | 1
                    UPDATE %1$s SET at = at + interval '1 us' WHERE seq = 4   | 4
                    UPDATE %1$s SET release = event, event = release          | 1
                    DELETE FROM %1$s WHERE seq = 3                            | 3
                    DELETE FROM %1$s WHERE seq = 4                            | 4
                    UPDATE %1$s SET seq = 9 WHERE seq = 3                     | 3
                    """)
    void whoever_gets_past_the_guard_leaves_a_trace(String change, long place) {
        write(4);
        site.db.execute(
                "ALTER TABLE %s DISABLE TRIGGER append_only".formatted(events),
                "DELETE FROM " + site.table("approval"),
                change.formatted(events),
                "ALTER TABLE %s ENABLE ALWAYS TRIGGER append_only".formatted(events));

        assertThat(site.store.firstBreakOfHistory(ID)).contains(place);
    }

    @Test
    void nobody_signs_for_somebody_else_or_at_another_time() {
        site.db.execute(
                """
                INSERT INTO %s (target, migration, seq, phase, event, actor, release, instance, at, detail, hash)
                VALUES ('%s', 'm', 77, 'EXPAND', 'e', 'somebody', '', '', 'epoch', '', '')"""
                        .formatted(events, site.db.name()));

        assertThat(site.store.history("m")).singleElement().satisfies(event -> {
            assertThat(event.actor()).isEqualTo(site.db.user());
            assertThat(event.at())
                    .isBeforeOrEqualTo(site.store.now())
                    .isAfter(site.store.now().minusSeconds(3600));
        });
        assertThat(site.db.queryStrings("SELECT seq FROM " + events)).containsExactly("1");
        assertThat(site.store.firstBreakOfHistory("m")).isEmpty();
    }

    @Test
    void lines_of_many_writers_form_one_chain() throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(6);
        for (int i = 0; i < 6; i++) {
            pool.execute(() -> write(20));
        }
        pool.shutdown();
        assertThat(pool.awaitTermination(2, TimeUnit.MINUTES)).isTrue();

        assertThat(site.db.queryStrings("SELECT seq FROM " + events + " ORDER BY seq"))
                .hasSize(120)
                .endsWith("120");
        assertThat(site.store.history(ID)).extracting(Event::at).isSorted();
        assertThat(site.store.firstBreakOfHistory(ID)).isEmpty();
    }
}
