package dev.migrator.test;

import dev.migrator.Phase;
import dev.migrator.QualifiedName;
import dev.migrator.engine.CompareReport;
import dev.migrator.pg.RollbackStatus;
import dev.migrator.plan.TableEstimate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes a migration through all phases and back, with made-up rows in every table that it touches, and looks for differences:
 * after each way back schema and rows have to be as they were, and in VALIDATE and CONTRACT the two shapes of every row have to
 * agree. What is lost where the new release stores what it has read, and the migration goes back, is noted.
 */
public final class Rehearsal {
    private static final List<Phase> THERE_AND_BACK =
            List.of(Phase.EXPAND, Phase.BACKFILL, Phase.VALIDATE, Phase.CONTRACT);

    private final MigrationSuite suite;
    private final Map<String, String> expressions = new LinkedHashMap<>();
    private int rows = 50;
    private long seed = 1;

    private Rehearsal(MigrationSuite suite) {
        this.suite = suite;
    }

    /** Of a migration. */
    public static Rehearsal of(MigrationSuite suite) {
        return new Rehearsal(suite);
    }

    /** Replaces the number of rows in each table; 50 by default. */
    public Rehearsal rows(int number) {
        this.rows = number;
        return this;
    }

    /** Replaces the seed of the rows; 1 by default. */
    public Rehearsal seed(long number) {
        this.seed = number;
        return this;
    }

    /** Makes the values of a column by an SQL expression; see {@link GeneratedRows#value}. */
    public Rehearsal value(String column, String expression) {
        expressions.put(column, expression);
        return this;
    }

    /**
     * Runs it in a database of its own.
     *
     * @return what was found; it does not throw for what the migration does wrong
     * @throws BaseSchemaException if the base schema does not apply
     */
    public RehearsalReport on(PostgresServer server) {
        Map<String, Integer> generated = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        try (MigrationDatabase database = suite.createDatabase(server)) {
            GeneratedRows maker = GeneratedRows.in(database.database(), seed);
            expressions.forEach(maker::value);
            for (TableEstimate table : database.plan().tables()) {
                QualifiedName name = table.table();
                generated.put(name.quoted(), maker.fill(name, rows));
            }
            notes.addAll(maker.shortages());
            generated.keySet().forEach(table -> {
                if (database.database().queryLong("SELECT count(*) FROM " + table) == 0) {
                    problems.add("Nothing could be tried on " + table
                            + ": no row could be made for it (see the notes). Give its columns values that it takes (value),"
                            + " or let the base schema put rows in.");
                }
            });
            run(database, problems, notes);
        } catch (BaseSchemaException e) {
            throw e;
        } catch (AssertionError | RuntimeException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return new RehearsalReport(suite.migration().id(), generated, problems, notes);
    }

    private static void run(MigrationDatabase database, List<String> problems, List<String> notes) {
        SchemaSnapshot schema = database.schema();
        RowSnapshot before = database.rows();
        boolean goesBack = true;
        for (Phase phase : THERE_AND_BACK) {
            database.advanceTo(phase);
            compare(database, phase, problems);
            RollbackStatus back = database.status().rollback();
            if (!back.possible()) {
                if (goesBack) {
                    notes.add("There is no way back from " + phase + " on: " + back.reason());
                }
                goesBack = false;
                continue;
            }
            database.rollback();
            schema.differences(database.schema())
                    .forEach(difference -> problems.add("Back from " + phase + ", the schema differs: " + difference));
            before.differences(database.rows())
                    .forEach(difference -> problems.add("Back from " + phase + ", rows differ: " + difference));
        }
        if (goesBack) {
            storeAnew(database, before, notes);
        }
        database.advanceTo(Phase.PURGE);
    }

    /** What the new release's writes lose on the way back may be meant: a narrower type. So it is told, and is no problem. */
    private static void storeAnew(MigrationDatabase database, RowSnapshot before, List<String> notes) {
        database.advanceTo(Phase.CONTRACT);
        try {
            database.storeAnew();
        } catch (SqlFailure e) {
            notes.add("Whether rows that the new release stores anew lose something on the way back was not found out: "
                    + e.getMessage());
        }
        database.rollback();
        List<String> differences = before.differences(database.rows());
        if (!differences.isEmpty()) {
            notes.add("Rows that the new release stores anew, as it has read them, lose something on the way back:\n  "
                    + String.join("\n  ", differences));
        }
    }

    private static void compare(MigrationDatabase database, Phase phase, List<String> problems) {
        if (phase.isBefore(Phase.BACKFILL)) {
            return;
        }
        CompareReport report = database.migrator().verify(database.migration().id(), progress -> {});
        if (report.differing() > 0) {
            problems.add("In %s, %d of %d rows differ in their two shapes: %s"
                    .formatted(phase, report.differing(), report.rows(), String.join("; ", report.examples())));
        }
    }
}
