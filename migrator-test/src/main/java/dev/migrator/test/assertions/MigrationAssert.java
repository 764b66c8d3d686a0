package dev.migrator.test.assertions;

import dev.migrator.Phase;
import dev.migrator.engine.CompareReport;
import dev.migrator.test.MigrationDatabase;
import dev.migrator.test.RowSnapshot;
import dev.migrator.test.SchemaSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions on a migration. Those that walk through phases do so in new databases that begin as this one did, with the rows
 * that the base schema has put in; the database itself stays as it is.
 */
public final class MigrationAssert extends AbstractAssert<MigrationAssert, MigrationDatabase> {

    MigrationAssert(MigrationDatabase actual) {
        super(actual, MigrationAssert.class);
    }

    /**
     * From each phase up to this one there is a way back to the start, after which schema and rows are as they were.
     *
     * @param last the last phase from which there is to be one, CONTRACT at most
     */
    public MigrationAssert isReversibleUntil(Phase last) {
        isNotNull();
        for (Phase phase = Phase.EXPAND;
                phase != null && !last.isBefore(phase);
                phase = phase.next().orElse(null)) {
            try (MigrationDatabase copy = copy()) {
                SchemaSnapshot schema = copy.schema();
                RowSnapshot rows = rows(copy);
                copy.advanceTo(phase).rollback();
                List<String> differences = new ArrayList<>(schema.differences(copy.schema()));
                differences.addAll(rows.differences(copy.rows()));
                if (!differences.isEmpty()) {
                    failWithMessage(
                            "Migration %s does not go back from %s as if it had not been:\n  %s",
                            actual.migration().id(), phase, String.join("\n  ", differences));
                }
            }
        }
        return this;
    }

    /**
     * No row loses anything on the way to the new shape and back: each is stored anew by what the new release knows of it, when
     * CONTRACT is complete, and is as it was when the migration has gone back.
     */
    public MigrationAssert isLossless() {
        isNotNull();
        try (MigrationDatabase copy = copy()) {
            RowSnapshot before = rows(copy);
            copy.advanceTo(Phase.VALIDATE);
            agrees(copy);
            copy.advanceTo(Phase.CONTRACT);
            copy.storeAnew();
            agrees(copy);
            List<String> differences = before.differences(copy.rollback().rows());
            if (!differences.isEmpty()) {
                failWithMessage(
                        "Migration %s loses something where the new release stores what it reads:\n  %s",
                        actual.migration().id(), String.join("\n  ", differences));
            }
        }
        return this;
    }

    /**
     * In this database, as it is now, every row is filled and its two shapes agree. From PURGE on there is only one shape, and
     * nothing to compare.
     */
    public MigrationAssert hasNoPendingRows() {
        isNotNull();
        Optional<Phase> phase = actual.phase();
        if (phase.isEmpty()) {
            failWithMessage(
                    "Migration %s has not begun, so no row has two shapes. Take it to a phase first: @AtPhase, or advanceTo(…).",
                    actual.migration().id());
        }
        rows(actual);
        agrees(actual);
        return this;
    }

    private void agrees(MigrationDatabase database) {
        CompareReport report = database.migrator().verify(database.migration().id(), progress -> {});
        if (report.differing() > 0) {
            failWithMessage(
                    "Of %d rows in migration %s, %d are pending or differ in their two shapes:\n  %s",
                    report.rows(),
                    database.migration().id(),
                    report.differing(),
                    String.join("\n  ", report.examples()));
        }
    }

    /** Of no rows nothing can be lost. */
    private RowSnapshot rows(MigrationDatabase copy) {
        RowSnapshot rows = copy.rows();
        if (rows.rows() == 0) {
            failWithMessage(
                    "The tables of migration %s have no rows, so there is nothing to lose. Let the base schema put some in: a copy"
                            + " has what the base schema has, and nothing that a test has added.",
                    actual.migration().id());
        }
        return rows;
    }

    private MigrationDatabase copy() {
        return actual.suite().createDatabase(actual.database().server());
    }
}
