package dev.migrator.operation;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Identifier;
import dev.migrator.TableRef;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class OperationChecksTest {

    private static final TableRef T = TableRef.of("t");

    @Test
    void addColumn() {
        refused(
                () -> AddColumn.builder(T, name("a"), " ").nullable(false).build(),
                "type: is blank; nullable: is false, but nothing fills the column when the old release inserts a row; give"
                        + " one of `default`, `up`, `identity`, `generated`");
        refused(
                () -> AddColumn.builder(T, name("a"), "int")
                        .generated("b")
                        .defaultValue("0")
                        .up("c")
                        .identity(Identity.ALWAYS)
                        .build(),
                "default: contradicts `generated`: such a column has no default; up: contradicts `generated`: the server"
                        + " fills such a column; identity: contradicts `generated`: a column is one or the other; default:"
                        + " contradicts `identity`, which is a default itself; up: contradicts `identity`: the server fills"
                        + " such a column");
        refused(
                () -> AddColumn.builder(T, name("a"), "text")
                        .defaultValue("'\0'")
                        .comment("\ud800")
                        .build(),
                "default: has a NUL character at position 2, which PostgreSQL can't store; comment: has half of a"
                        + " surrogate pair at position 1, which is no character");
    }

    @Test
    void aNewNameMustBeAnotherOne() {
        refused(() -> new RenameColumn(T, name("a"), name("a")), "to: is 'a', the column's name already");
        refused(
                () -> ChangeType.builder(T, name("a"), "int").to("a").build(),
                "to: is 'a', the column's name already; leave `to` out to keep the name");
        refused(
                () -> new SplitColumn(T, name("a"), List.of(NewColumn.of("a", "int", "1")), "b"),
                "into[0].column: is 'a', the column that is split; a part needs a name of its own");
        refused(
                () -> new MergeColumns(T, List.of(OldColumn.of("a", "1")), NewColumn.of("a", "int", "1")),
                "into.column: is 'a', one of the columns that are merged; it needs a name of its own");
    }

    @Test
    void listsMustHaveEntries() {
        refused(() -> new SplitColumn(T, name("a"), List.of(), "b"), "into: is empty; it needs at least one entry");
        refused(
                () -> new MergeColumns(T, List.of(), NewColumn.of("a", "int", "1")),
                "columns: is empty; it needs at least one entry");
        refused(() -> CreateIndex.builder(T, name("i")).build(), "columns: is empty; it needs at least one entry");
        refused(
                () -> key(List.of(), List.of()),
                "columns: is empty; it needs at least one entry; references.columns: is empty; it needs at least one"
                        + " entry");
    }

    @Test
    void noColumnMayBeNamedTwice() {
        NewColumn b = NewColumn.of("b", "int", "1");
        refused(() -> new SplitColumn(T, name("a"), List.of(b, b), "b"), "into[1].column: names 'b' a second time");
        OldColumn old = OldColumn.of("a", "1");
        refused(() -> new MergeColumns(T, List.of(old, old), b), "columns[1].column: names 'a' a second time");
        refused(
                () -> CreateIndex.builder(T, name("i"))
                        .column("a")
                        .column(IndexColumn.column("a").order(IndexColumn.Order.DESC))
                        .expression("f(a)")
                        .expression("f(a)")
                        .include("a")
                        .include("z")
                        .include("z")
                        .where(" ")
                        .build(),
                "columns[1]: names 'a' a second time; columns[3]: names 'f(a)' a second time; include[0]: is 'a', which the"
                        + " index has already under `columns`; include[2]: names 'z' a second time; where: is blank");
        refused(
                () -> key(List.of("a", "a"), List.of("b", "b")),
                "columns[1]: names 'a' a second time; references.columns[1]: names 'b' a second time");
    }

    @Test
    void aForeignKeyHasAsManyColumnsOnBothSides() {
        refused(() -> key(List.of("a", "b"), List.of("c")), "references.columns: has 1 name, but `columns` has 2");
        refused(() -> key(List.of("a"), List.of("c", "d")), "references.columns: has 2 names, but `columns` has 1");
    }

    @Test
    void sqlNeedsSomethingToRun() {
        refused(() -> RunSql.builder().rollback("x").build(), "needs `expand` or `contract`, or both");
        refused(() -> RunSql.builder().contract("\n").build(), "contract: is blank");
    }

    @Test
    void expressionsMustNotBeBlank() {
        refused(() -> NewColumn.of("a", "", "\t"), "type: is blank; up: is blank");
        refused(() -> OldColumn.of("a", ""), "down: is blank");
        refused(() -> IndexColumn.expression(" "), "expression: is blank");
        refused(() -> IndexColumn.column("a").opclass(""), "opclass: is blank");
        refused(() -> new DropColumn(T, name("a"), Optional.of("")), "down: is blank");
        refused(() -> new SetNotNull(T, name("a"), Optional.of("")), "fill: is blank");
    }

    private static AddForeignKey key(List<String> columns, List<String> referenced) {
        return AddForeignKey.builder(
                        T,
                        name("k"),
                        columns.stream().map(Identifier::of).toList(),
                        T,
                        referenced.stream().map(Identifier::of).toList())
                .build();
    }

    private static void refused(ThrowingCallable maker, String message) {
        assertThatThrownBy(maker).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    private static Identifier name(String name) {
        return Identifier.of(name);
    }
}
