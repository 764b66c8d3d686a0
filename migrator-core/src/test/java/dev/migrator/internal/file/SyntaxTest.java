package dev.migrator.internal.file;

import static dev.migrator.SampleFile.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.migrator.MigrationFileException;
import dev.migrator.SampleFile;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What is said about files that YAML can't read, or that use what a migration has no need of. */
class SyntaxTest {

    @Test
    void tabsDoNotIndent() {
        assertThat(problems("operations:\n\t- sql: { expand: x }\n"))
                .containsExactly("2:1: is not valid YAML: a tab stands where only spaces may");
    }

    @Test
    void whatIsNotClosedIsShownWithItsBeginning() {
        assertThat(problems("description: \"abc\noperations: []\n"))
                .containsExactly(
                        "3:1: is not valid YAML: while scanning a quoted scalar: found unexpected end of stream"
                                + " (it began in line 1)");
        assertThat(problems("operations: {"))
                .containsExactly(
                        "1:14: is not valid YAML: while parsing a flow node: expected the node content, but found"
                                + " '<stream end>'");
        assertThat(problems("a: b: c")).containsExactly("1:5: is not valid YAML: mapping values are not allowed here");
    }

    @Test
    void aFileIsOneDocument() {
        assertThat(problems("operations: [ { sql: { expand: x } } ]\n---\na: 1\n"))
                .containsExactly("2:1: a second document begins here; a file holds one migration");
        assertThat(SampleFile.parse("%YAML 1.2\n---\noperations: [ { sql: { expand: x } } ]\n...\n")
                        .operations())
                .hasSize(1);
        assertThat(catchThrowableOfType(MigrationFileException.class, () -> SampleFile.parse("%YAML 2.0\n---\na: 1")))
                .hasMessageStartingWith("db/migrator/0007_x.yaml: asks for another YAML than 1.2");
    }

    @Test
    void anEmptyFileIsNoMigration() {
        for (String nothing : new String[] {"", "\n\n", "# only a comment\n"}) {
            assertThat(catchThrowableOfType(MigrationFileException.class, () -> SampleFile.parse(nothing)))
                    .hasMessage("db/migrator/0007_x.yaml: is empty; a migration needs 'operations'");
        }
    }

    @Test
    void anchorsAliasesAndTagsAreRefused() {
        assertThat(problems("operations: &a [ { sql: { expand: *a } } ]"))
                .containsExactly("1:13: the anchor '&a' is not allowed; write values out where they belong");
        assertThat(problems("operations: [ { sql: { expand: *a } } ]"))
                .containsExactly("1:32: the alias '*a' is not allowed; write the value out");
        assertThat(problems("&k operations: []"))
                .containsExactly("1:1: the anchor '&k' is not allowed; write values out where they belong");
        assertThat(problems("operations: [ { sql: { expand: !!str 1 } } ]"))
                .containsExactly("1:32: the tag 'tag:yaml.org,2002:str' is not allowed; quote what is meant as a text");
        assertThat(problems("operations: !x []"))
                .containsExactly("1:13: the tag '!x' is not allowed; quote what is meant as a text");
        assertThat(problems("? [ a ]\n: b")).containsExactly("1:3: a key must be a text");
    }

    @Test
    void deepNestingIsRefusedBeforeItHurts() {
        assertThat(problems("[".repeat(100_000))).containsExactly("1:13: is nested deeper than 12 levels");
        assertThat(problems("{a: ".repeat(100_000))).containsExactly("1:49: is nested deeper than 12 levels");
        assertThat(problems("- ".repeat(100_000))).containsExactly("1:25: is nested deeper than 12 levels");
    }

    @Test
    void byteOrderMarksAndControlCharactersAreRefused() {
        assertThat(problems("\uFEFFoperations: []"))
                .containsExactly("1:1: begins with a byte order mark; save the file as UTF-8 without one");
        assertThat(problems("a: 1\r\nb: 2\r\"ü𝒳\u0001\""))
                .containsExactly(
                        "3:4: has the character U+0001, which YAML does not allow; write it as an escape in double"
                                + " quotes if it is meant");
        assertThat(problems("a: \ud800"))
                .containsExactly(
                        "1:4: has the character U+D800, which YAML does not allow; write it as an escape in double"
                                + " quotes if it is meant");
    }

    @Test
    void bytesThatAreNotUtf8AreShownWithTheirPlace() {
        byte[] bytes = "a: 1\nb: naïve".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(catchThrowableOfType(MigrationFileException.class, () -> YamlText.decode("f.yaml", bytes)))
                .hasMessage("f.yaml:2:6: is not UTF-8: the byte 0xEF at offset 10; save the file as UTF-8");
        byte[] cut = Arrays.copyOf("a: 名".getBytes(StandardCharsets.UTF_8), 5);
        assertThat(catchThrowableOfType(MigrationFileException.class, () -> YamlText.decode("f.yaml", cut)))
                .hasMessage("f.yaml:1:4: is not UTF-8: the byte 0xE5 at offset 3; save the file as UTF-8");
    }

    @Test
    void aFileThatIsTooLargeIsRefused() {
        assertThat(catchThrowableOfType(MigrationFileException.class, () -> SampleFile.parse(" ".repeat(1_000_001))))
                .hasMessage("db/migrator/0007_x.yaml: is 1000001 bytes long; a migration file has at most 1000000");
    }
}
