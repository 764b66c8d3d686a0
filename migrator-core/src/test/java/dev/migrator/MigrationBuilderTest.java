package dev.migrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.operation.DropColumn;
import dev.migrator.operation.Operation;
import dev.migrator.operation.SetNotNull;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MigrationBuilderTest {

    @Test
    void nothingIsThrownBeforeBuildWhichThrowsAllProblemsAtOnce() {
        MigrationBuilder builder = Migration.builder(" x\n")
                .schema("")
                .description("a\0b")
                .renameColumn("", "a".repeat(64), "b\0")
                .renameColumn("t", "a", "a")
                .addColumn("t", "c", " ", c -> c.nullable(false))
                .changeType("t", "c", "int", c -> c.to(""))
                .createIndex("t", "i", i -> {})
                .addForeignKey("t", "k", List.of("a", ""), "", List.of("b"))
                .sql(s -> {});

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("migration ' x\\n' can't be built:\n"
                        + "  the id ' x\\n' has a control character\n"
                        + "  schema: a name must not be empty\n"
                        + "  description: has a NUL character at position 2, which PostgreSQL can't store\n"
                        + "  operations[0].renameColumn.table: a name must not be empty\n"
                        + "  operations[0].renameColumn.column: the name '" + "a".repeat(64)
                        + "' is 64 bytes in UTF-8, PostgreSQL keeps 63: shorten it by 1 byte\n"
                        + "  operations[0].renameColumn.to: the name 'b\\u0000' has a NUL character at position 2, which"
                        + " PostgreSQL can't store\n"
                        + "  operations[1].renameColumn.to: is 'a', the column's name already\n"
                        + "  operations[2].addColumn.type: is blank\n"
                        + "  operations[2].addColumn.nullable: is false, but nothing fills the column when the old release"
                        + " inserts a row; give one of `default`, `up`, `identity`, `generated`\n"
                        + "  operations[3].changeType: a name must not be empty\n"
                        + "  operations[4].createIndex.columns: is empty; it needs at least one entry\n"
                        + "  operations[5].addForeignKey.columns[1]: a name must not be empty\n"
                        + "  operations[5].addForeignKey.references.table: a name must not be empty\n"
                        + "  operations[5].addForeignKey.references.columns: has 1 name, but `columns` has 2\n"
                        + "  operations[6].sql: needs `expand` or `contract`, or both");
    }

    @Test
    void aMigrationNeedsAnOperation() {
        assertThatThrownBy(() -> Migration.builder("m").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("migration 'm' can't be built:\n  a migration needs at least one operation");
    }

    @Test
    void shortFormsLeaveOutWhatIsOptional() {
        List<Operation> operations = Migration.builder("m")
                .dropColumn("t", "a")
                .setNotNull("t", "b")
                .addColumn("t", "c", "int")
                .build()
                .operations();

        assertThat(operations)
                .startsWith(
                        new DropColumn(TableRef.of("t"), Identifier.of("a"), Optional.empty()),
                        new SetNotNull(TableRef.of("t"), Identifier.of("b"), Optional.empty()))
                .hasSize(3);
    }

    @Test
    void aMigrationDoesNotChangeWithItsBuilder() {
        MigrationBuilder builder = Migration.builder("m").dropColumn("t", "a");
        Migration migration = builder.build();
        String definition = migration.definition();

        builder.dropColumn("t", "b").gates(Phase.PURGE).schema("s");

        assertThat(migration.operations()).hasSize(1);
        assertThat(migration.gates()).isEqualTo(Gates.defaults());
        assertThat(migration.definition()).isEqualTo(definition);
    }

    @Test
    void anotherIdOrBackfillIsAnotherMigrationWithTheSameChecksum() {
        Migration one = Migration.builder("a").dropColumn("t", "a").build();
        Migration two = Migration.builder("b").dropColumn("t", "a").build();

        assertThat(one).isNotEqualTo(two);
        assertThat(one.checksum()).isEqualTo(two.checksum());
        assertThat(one).isNotEqualTo("a");
    }
}
