package dev.migrator.pg.internal.plan;

import dev.migrator.Identifier;
import dev.migrator.Phase;
import dev.migrator.QualifiedName;
import dev.migrator.pg.internal.catalog.ColumnGrant;
import dev.migrator.pg.internal.catalog.SequenceInfo;
import dev.migrator.pg.internal.sql.Literal;
import dev.migrator.plan.Action;
import dev.migrator.plan.Effect;
import java.util.List;
import java.util.stream.Stream;

/**
 * The numbers of a serial or identity column, which go on where they are on the column that takes its place. A serial
 * column's sequence changes its owner and, with the column, its type. An identity column's sequence can't: the new column
 * gets one of its own with the same options, name, grants and comment, set to the same value within the exchange.
 */
final class SequenceExchange {
    private static final List<String> SIZES = List.of("smallint", "integer", "bigint");

    private static final int LAST_SLOT = Exchange.SLOT + 50;

    private final TableWork work;
    private final OldColumn old;
    private final NewColumn fresh;

    SequenceExchange(TableWork work, Mapping mapping, OldColumn old) {
        this.work = work;
        this.old = old;
        this.fresh = mapping.fresh().get(0);
    }

    /** From the old column, which is retired by now, to the new one, which has its own name by now. */
    void forward(List<String> statements) {
        old.info().sequence().ifPresent(sequence -> {
            if (isIdentity()) {
                String maximum = sequence.maximumIsOfType() ? "" : " MAXVALUE " + sequence.maximum();
                move(statements, sequence, old.retired(), fresh.name(), maximum);
            } else {
                statements.add(ownedBy(sequence, fresh.name()));
                if (grows(sequence)) {
                    statements.add(alter(sequence) + " AS " + fresh.type().name());
                }
            }
        });
    }

    /** From the new column, which has its working name again, to the old one, which has its own name and NOT NULL again. */
    void backward(List<String> statements) {
        old.info().sequence().ifPresent(sequence -> {
            if (isIdentity()) {
                move(statements, sequence, fresh.work(), old.name(), " MAXVALUE " + sequence.maximum());
            } else {
                statements.add(ownedBy(sequence, old.name()));
                if (grows(sequence)) {
                    statements.add(alter(sequence) + " AS " + sequence.type());
                }
            }
        });
    }

    /** A sequence may count past what the old type holds; then the old shape has no number for the next row. */
    Stream<Draft> requirement() {
        return old.info().sequence().filter(this::grows).stream()
                .map(sequence -> Draft.of(
                        Phase.CONTRACT,
                        LAST_SLOT,
                        work.paths(),
                        "for a rollback: look whether " + sequence.name().name() + " is within what "
                                + old.info().typeAndCollation() + " holds",
                        new Action.Nothing(),
                        new Action.Require(
                                "SELECT last_value BETWEEN " + sequence.minimum() + " AND " + sequence.maximum()
                                        + " FROM " + sequence.name().quoted(),
                                "sequence " + sequence.name() + " has counted past " + sequence.maximum()
                                        + ", the last number that " + work.name() + "." + old.name() + " can hold as "
                                        + old.info().typeAndCollation()
                                        + ". Set it back to a number that is free, with setval, then roll back again."),
                        Effect.ADDS));
    }

    private boolean isIdentity() {
        return !old.info().identity().isEmpty();
    }

    private boolean grows(SequenceInfo sequence) {
        int size = SIZES.indexOf(sequence.type());
        return size >= 0 && SIZES.indexOf(fresh.type().name()) > size;
    }

    private static String alter(SequenceInfo sequence) {
        return "ALTER SEQUENCE " + sequence.name().quoted();
    }

    private String ownedBy(SequenceInfo sequence, Identifier column) {
        return alter(sequence) + " OWNED BY " + work.name().quoted() + "." + column.quoted();
    }

    private void move(List<String> statements, SequenceInfo sequence, Identifier from, Identifier to, String maximum) {
        QualifiedName name = sequence.name();
        QualifiedName another = new QualifiedName(
                name.schema(), work.names().proof("q" + old.info().number()));
        String table = "ALTER TABLE " + work.name().quoted() + " ALTER COLUMN ";
        String kind = old.info().identity().equals("a") ? "ALWAYS" : "BY DEFAULT";
        statements.add(
                table + to.quoted() + " ADD GENERATED " + kind + " AS IDENTITY (SEQUENCE NAME " + another.quoted()
                        + " INCREMENT " + sequence.increment() + " MINVALUE " + sequence.minimum() + maximum + " START "
                        + sequence.start() + " CACHE " + sequence.cache() + (sequence.cycles() ? " CYCLE)" : ")"));
        // Changes nothing, but from here on nobody takes a number from the old sequence past its table.
        statements.add(alter(sequence) + " INCREMENT BY " + sequence.increment());
        statements.add("SELECT pg_catalog.setval(" + Literal.text(another.quoted())
                + "::pg_catalog.regclass, last_value, is_called) FROM " + name.quoted());
        statements.add(table + from.quoted() + " DROP IDENTITY");
        statements.add("ALTER SEQUENCE " + another.quoted() + " RENAME TO "
                + name.name().quoted());
        for (ColumnGrant grant : sequence.grants()) {
            statements.add("GRANT " + grant.privilege() + " ON SEQUENCE " + name.quoted() + " TO " + grant.grantee()
                    + (grant.grantable() ? " WITH GRANT OPTION" : ""));
        }
        sequence.comment()
                .ifPresent(
                        text -> statements.add("COMMENT ON SEQUENCE " + name.quoted() + " IS " + Literal.text(text)));
    }
}
