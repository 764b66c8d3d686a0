package dev.migrator.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class QuickstartTest {

    private static final long FEW_ROWS = 20_000;
    private static final int FEW_REQUESTS = 100;

    @Test
    void goesForwardAndBackWithoutAnErrorInTheApplication() throws SQLException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Story.tell(new Console(new PrintStream(printed, true, UTF_8)), FEW_ROWS, FEW_REQUESTS);
        String text = printed.toString(UTF_8);
        assertThat(text.lines()).allMatch(line -> line.length() <= 79);
        assertThat(text.replaceAll("\\s+", " "))
                .contains("Before CONTRACT it waits: ", "PURGE is complete", "EXPAND is undone", "none is lost")
                .contains(" requests of 3 releases meanwhile: 0 errors");
    }
}
