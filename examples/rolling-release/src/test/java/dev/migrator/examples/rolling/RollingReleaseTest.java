package dev.migrator.examples.rolling;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RollingReleaseTest {
    @Test
    void noRequestFailsAndNoWriteIsLostOnTheWayForwardBackAndForward() throws Exception {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        Summary summary = RollingRelease.play(new PrintStream(told, true, StandardCharsets.UTF_8));
        assertThat(summary.failures()).as(told.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(summary.differing())
                .as(told.toString(StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(summary.requests()).isGreaterThan(500);
        assertThat(summary.rows()).isGreaterThan(Database.USERS);
        assertThat(told.toString(StandardCharsets.UTF_8).replaceAll("\\s+", " "))
                .contains("CONTRACT waits: ", "does not know the migration", "PURGE is complete");
    }
}
