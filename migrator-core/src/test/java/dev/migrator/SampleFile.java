package dev.migrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.migrator.operation.Operation;
import java.util.List;

/** What the tests of migration files share: the file is always {@code db/migrator/0007_x.yaml}. */
public final class SampleFile {

    private SampleFile() {}

    public static Migration parse(String yaml) {
        return MigrationFiles.parse("0007_x", "db/migrator/0007_x.yaml", yaml);
    }

    /** The only operation of a file with this entry in flow style. */
    public static Operation operation(String entry) {
        Migration migration = parse("operations: [ { " + entry + " } ]");
        assertThat(migration.operations()).hasSize(1);
        return migration.operations().get(0);
    }

    /** The problems of a file, each without the file's name. */
    public static List<String> problems(String yaml) {
        MigrationFileException e = catchThrowableOfType(MigrationFileException.class, () -> parse(yaml));
        assertThat(e).as("no problem found in %s", yaml).isNotNull();
        return e.problems().stream()
                .map(problem -> {
                    assertThat(problem.toString()).startsWith("db/migrator/0007_x.yaml:");
                    return problem.toString().substring("db/migrator/0007_x.yaml:".length());
                })
                .toList();
    }
}
