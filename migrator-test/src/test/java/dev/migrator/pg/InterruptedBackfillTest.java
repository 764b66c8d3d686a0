package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.EngineListener;
import dev.migrator.engine.Outcome;
import dev.migrator.test.BackgroundSession;
import dev.migrator.test.TestDatabase;
import dev.migrator.throttle.ThrottleAnswer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A backfill waits, and its thread is interrupted: it ends as by a pause, and does not ask again and again. */
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InterruptedBackfillTest {
    private static final String ID = "0001_name";

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
        database.execute(
                "CREATE TABLE users (id int PRIMARY KEY, name text)",
                "INSERT INTO users SELECT g, 'n' FROM generate_series(1, 10) g");
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private void interrupted(UnaryOperator<PostgresMigratorBuilder> settings, CountDownLatch waits) throws Exception {
        PostgresMigrator migrator = settings.apply(PostgresMigrator.builder(database.dataSource())
                        .migrations(List.of(Migration.builder(ID)
                                .renameColumn("users", "name", "full_name")
                                .build())))
                .build();
        FutureTask<Outcome> run = new FutureTask<>(
                () -> migrator.migrate(Phase.BACKFILL, ID).get(0).outcome());
        Thread thread = new Thread(run);
        thread.start();
        try {
            assertThat(waits.await(10, TimeUnit.SECONDS)).isTrue();
            thread.interrupt();
            assertThat(run.get(5, TimeUnit.SECONDS)).isInstanceOf(Outcome.Paused.class);
        } finally {
            migrator.pause(ID);
            thread.join();
        }
    }

    @Test
    void whileItIsHeldBack() throws Exception {
        CountDownLatch asked = new CountDownLatch(2);
        interrupted(
                builder -> builder.throttle(() -> {
                    asked.countDown();
                    return ThrottleAnswer.stop("too much to do");
                }),
                asked);
    }

    @Test
    void whileSomebodyHasARow() throws Exception {
        try (BackgroundSession locker =
                BackgroundSession.holding(database, "BEGIN; SELECT FROM users WHERE id = 7 FOR UPDATE")) {
            CountDownLatch waits = new CountDownLatch(1);
            interrupted(
                    builder -> builder.listener(new EngineListener() {
                        @Override
                        public void waits(String id, String reason) {
                            waits.countDown();
                        }
                    }),
                    waits);
            assertThat(locker.pid()).isPositive();
        }
    }
}
