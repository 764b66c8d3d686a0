package dev.migrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifierTest {

    @Test
    void aNameIsQuotedWithItsQuotesDoubled() {
        assertThat(Identifier.of("order").quoted()).isEqualTo("\"order\"");
        assertThat(Identifier.of("we\"ird").quoted()).isEqualTo("\"we\"\"ird\"");
        assertThat(Identifier.of("\"").quoted()).isEqualTo("\"\"\"\"");
        assertThat(Identifier.of("\"; drop table users; --").quoted()).isEqualTo("\"\"\"; drop table users; --\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.b",
                "Full Name",
                " ",
                "'",
                "''",
                ";",
                "$$",
                "$1",
                "?",
                "\\",
                "\n",
                "\t",
                "--",
                "/*",
                "*/",
                "naïve",
                "名前",
                "𝒳",
                "%s",
                "{}",
                "null",
                "true"
            })
    void aNameIsTakenLiterallyWhateverIsInIt(String name) {
        Identifier identifier = Identifier.of(name);

        assertThat(identifier.value()).isEqualTo(name);
        assertThat(identifier).hasToString(name);
        assertThat(identifier.quoted()).isEqualTo("\"" + name + "\"");
    }

    @Test
    void aNameMayHave63BytesAndNotOneMore() {
        String ascii = "x".repeat(63);
        String twoBytes = "é".repeat(31) + "x";
        String threeBytes = "名".repeat(21);
        String fourBytes = "𝒳".repeat(15) + "xyz";
        for (String name : List.of(ascii, twoBytes, threeBytes, fourBytes)) {
            assertThat(Identifier.of(name).value()).isEqualTo(name);
            assertThatThrownBy(() -> Identifier.of(name + "x"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the name '" + name + "x' is 64 bytes in UTF-8, PostgreSQL keeps 63: shorten it by 1"
                            + " byte");
        }
    }

    @Test
    void whatIsTooLongIsNamedWithItsNumbers() {
        assertThatThrownBy(() -> Identifier.of("x".repeat(70)))
                .hasMessage("the name '" + "x".repeat(70)
                        + "' is 70 bytes in UTF-8, PostgreSQL keeps 63: shorten it by 7 bytes");
        assertThatThrownBy(() -> Identifier.of("x".repeat(100_000)))
                .hasMessage("the name '" + "x".repeat(200)
                        + "…' is 100000 bytes in UTF-8, PostgreSQL keeps 63: shorten it by 99937 bytes");
    }

    @Test
    void whatCanBeNoNameIsRefused() {
        assertThatThrownBy(() -> Identifier.of("")).hasMessage("a name must not be empty");
        assertThatThrownBy(() -> Identifier.of("a\0b"))
                .hasMessage("the name 'a\\u0000b' has a NUL character at position 2, which PostgreSQL can't store");
        for (String half : List.of("\ud800", "a\udc00", "\ud800\ud800\udc00", "\ud800x")) {
            assertThatThrownBy(() -> Identifier.of(half))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("half of a surrogate pair");
        }
    }

    @Test
    void namesAreOrderedByTheirBytesInUtf8() {
        // In UTF-16, U+1D4B3 (a surrogate pair) sorts before U+FF5E; in UTF-8, and on the server, after it.
        assertThat(Stream.of("𝒳", "～", "b", "B", "a")
                        .map(Identifier::of)
                        .sorted()
                        .map(Identifier::value))
                .containsExactly("B", "a", "b", "～", "𝒳");
    }

    @Test
    void aQualifiedNameQuotesItsPartsEach() {
        QualifiedName name = QualifiedName.of("my \"app\"", "a.b");

        assertThat(name.quoted()).isEqualTo("\"my \"\"app\"\"\".\"a.b\"");
        assertThat(name).hasToString("my \"app\".a.b");
    }

    @Test
    void aTableIsInItsOwnSchemaOrInTheDefaultOne() {
        Identifier fallback = Identifier.of("public");

        assertThat(TableRef.of("users").in(fallback)).isEqualTo(QualifiedName.of("public", "users"));
        assertThat(TableRef.of("app", "users").in(fallback)).isEqualTo(QualifiedName.of("app", "users"));
        assertThat(TableRef.of("users")).hasToString("users");
        assertThat(TableRef.of("app", "users")).hasToString("app.users");
    }
}
