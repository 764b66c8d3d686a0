package dev.migrator.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class QuickstartTest {

    private static final long FEW_ROWS = 20_000;

    @Test
    void goesForwardAndBackWithoutAnErrorInTheApplication() throws SQLException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Story.tell(new Console(new PrintStream(printed, true, UTF_8)), FEW_ROWS);
        assertThat(printed.toString(UTF_8))
                .contains("Before CONTRACT it waits", "PURGE is complete", "EXPAND is undone", "word by word")
                .endsWith("s.\n");
        assertThat(printed.toString(UTF_8).lines()).allMatch(line -> line.length() <= 79);
    }
}
