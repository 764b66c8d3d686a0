package dev.migrator.pg.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.pg.internal.sql.Literal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The one place where SQL text is rewritten. */
class LiteralTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '^',
            delimiter = '|',
            value = {
                "plain 'text'|plain 'text'",
                "'a\\b'|E'a\\\\b'",
                "'it''s\\'::text|E'it''s\\\\'::text",
                "'\\' + '\\'''|E'\\\\' + E'\\\\'''",
                "E'\\\\it''s\\n' + '\\'|E'\\\\it''s\\n' + E'\\\\'",
                "E'\\'\\\\'|E'\\'\\\\'",
                "\"a\\b'\" + '\\'|\"a\\b'\" + E'\\\\'",
                "\"a\"\"'\\\"|\"a\"\"'\\\"",
                "-- it's \\|-- it's \\",
                "'--\\'|E'--\\\\'",
                "^-- '\n'\\'^|^-- '\nE'\\\\'^",
                "''|''"
            })
    void sqlThatReadsTheSameWhateverBackslashesMean(String sql, String portable) {
        assertThat(Literal.portable(sql)).isEqualTo(portable);
    }
}
