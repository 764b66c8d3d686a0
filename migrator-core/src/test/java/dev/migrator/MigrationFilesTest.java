package dev.migrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationFilesTest {

    private static final String VALID = "operations: [ { sql: { expand: select 1 } } ]\n";

    @TempDir
    private Path folder;

    @Test
    void migrationsComeInTheOrderOfTheirFileNames() throws IOException {
        for (String name : List.of("b.yaml", "0010_b.yaml", "0009_a.yaml", "b-c.yaml", "B2.yaml", "ä.yaml")) {
            write(name, VALID);
        }

        assertThat(MigrationFiles.load(folder))
                .extracting(Migration::id)
                .containsExactly("0009_a", "0010_b", "B2", "b-c", "b", "ä");
    }

    @Test
    void whatIsNoMigrationIsLeftAside() throws IOException {
        write("a.yaml", VALID);
        write("README.md", "x");
        write("a.sql", "x");
        write(".hidden.yaml", "x");
        write("a.yaml~", "x");
        Files.createDirectory(folder.resolve("archive"));

        assertThat(MigrationFiles.load(folder)).extracting(Migration::id).containsExactly("a");
    }

    @Test
    void marksNameTheFileAsItWasGiven() throws IOException {
        write("a.yaml", VALID);

        assertThat(MigrationFiles.load(folder).get(0).mark("operations"))
                .contains(new SourceMark(folder.resolve("a.yaml").toString(), 1, 1));
    }

    @Test
    void allProblemsOfAllFilesAreShownAtOnce() throws IOException {
        write("a.yaml", "operations: []\nx: 1\n");
        write("b.yaml", VALID);
        write("c.yaml", "operations: {");
        write("d.yml", VALID);
        write("e.YAML", VALID);
        Files.createDirectory(folder.resolve("f.yaml"));
        Files.write(folder.resolve("g.yaml"), new byte[] {'a', ':', (byte) 0xff});
        Files.createSymbolicLink(folder.resolve("h.yaml"), Path.of("nowhere"));
        try (OutputStream out = Files.newOutputStream(folder.resolve("i.yaml"))) {
            out.write(new byte[1_000_002]);
        }
        write(" j.yaml", VALID);

        assertThat(problems(folder))
                .containsExactlyInAnyOrder(
                        "a.yaml:1:13: operations: is empty; a migration needs at least one operation",
                        "a.yaml:2:1: unknown key 'x'; the keys here are: description, schema, operations, backfill, gates",
                        "c.yaml:1:14: is not valid YAML: while parsing a flow node: expected the node content, but found"
                                + " '<stream end>'",
                        "d.yml: would not be read; rename it to d.yaml",
                        "e.YAML: would not be read; rename it to e.yaml",
                        "f.yaml: can't be read: it is a folder (" + absolute("f.yaml") + ")",
                        "g.yaml:1:3: is not UTF-8: the byte 0xFF at offset 2; save the file as UTF-8",
                        "h.yaml: can't be read: it does not exist, or is a link to nothing (" + absolute("h.yaml")
                                + ")",
                        "i.yaml: is 1000002 bytes long; a migration file has at most 1000000",
                        " j.yaml: the id ' j' begins or ends with white space");
    }

    @Test
    void aFolderWithoutMigrationsSaysWhereItLooked() throws IOException {
        assertThat(problems(folder))
                .containsExactly(": has no migrations: there is no file that ends in .yaml in " + folder);
        Path missing = folder.resolve("missing");
        assertThat(problems(missing)).containsExactly(": does not exist; migrations were looked for in " + missing);
        write("file", "x");
        assertThat(problems(folder.resolve("file")))
                .containsExactly(": is no folder; migrations were looked for in " + folder.resolve("file"));
    }

    @Test
    void aRelativeFolderIsShownInFull() {
        Path relative = Path.of("no", "such", "folder");

        assertThat(catchThrowableOfType(MigrationFileException.class, () -> MigrationFiles.load(relative)))
                .hasMessage(relative + ": does not exist; migrations were looked for in " + relative.toAbsolutePath());
    }

    @Test
    void idsThatDifferByCaseOnlyCollide() throws IOException {
        write("0001_Users.yaml", VALID);
        write("0001_users.yaml", VALID);

        assertThat(problems(folder))
                .containsExactly("0001_users.yaml: differs only by upper and lower case from "
                        + folder.resolve("0001_Users.yaml") + "; rename one of them");
    }

    @Test
    void severalFoldersAreReadAsOne() throws IOException {
        Path one = Files.createDirectory(folder.resolve("one"));
        Path two = Files.createDirectory(folder.resolve("two"));
        Files.writeString(one.resolve("1.yaml"), VALID);
        Files.writeString(two.resolve("2.yaml"), VALID);
        Files.writeString(one.resolve("3.yaml"), VALID);

        assertThat(MigrationFiles.load(List.of(two, one)))
                .extracting(Migration::id)
                .containsExactly("1", "2", "3");

        Files.writeString(two.resolve("3.yaml"), "x");
        assertThat(catchThrowableOfType(MigrationFileException.class, () -> MigrationFiles.load(List.of(one, two)))
                        .problems())
                .extracting(Object::toString)
                .containsExactly(
                        two.resolve("3.yaml") + ": has the same id as " + one.resolve("3.yaml")
                                + "; rename one of them",
                        two.resolve("3.yaml") + ":1:1: expected a map with the keys description, schema, operations,"
                                + " backfill and gates, found a text");
    }

    private List<String> problems(Path where) {
        MigrationFileException e = catchThrowableOfType(MigrationFileException.class, () -> MigrationFiles.load(where));
        return e.problems().stream()
                .map(problem -> {
                    String text = problem.toString();
                    String prefix = text.startsWith(where + ":") ? where.toString() : where + "/";
                    assertThat(text).startsWith(prefix);
                    return text.substring(prefix.length());
                })
                .toList();
    }

    private Path absolute(String name) {
        return folder.resolve(name).toAbsolutePath();
    }

    private void write(String name, String text) throws IOException {
        Files.write(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
    }
}
