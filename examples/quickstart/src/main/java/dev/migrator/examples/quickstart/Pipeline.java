package dev.migrator.examples.quickstart;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.CompareReport;
import dev.migrator.engine.Outcome;
import dev.migrator.engine.Waiting;
import dev.migrator.pg.PostgresMigrator;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** What a deployment pipeline does with the migrator: one call a phase, and an approval where a gate asks for one. */
final class Pipeline {

    private static final String APPROVER = "Ada";

    private final PostgresMigrator migrator;
    private final Console console;
    private final Crew crew;

    Pipeline(DataSource database, List<Migration> migrations, Console console, Crew crew) {
        this.migrator = PostgresMigrator.builder(database)
                .migrations(migrations)
                .listener(new Telling(console))
                .build();
        this.console = console;
        this.crew = crew;
    }

    /** Goes forward to the end of a phase. */
    void migrate(Migration migration, Phase to) {
        expectArrival(outcome(migration, to));
        crew.report();
    }

    private Outcome outcome(Migration migration, Phase to) {
        return migrator.migrate(to, migration.id()).get(0).outcome();
    }

    /** Tries to enter a phase, and tells which gate is shut and why. */
    void waitsBefore(Migration migration, Phase phase) {
        Outcome outcome = outcome(migration, phase);
        if (!(outcome instanceof Outcome.Waits waits) || waits.phase() != phase) {
            throw new QuickstartException("The gate before " + phase + " should be shut, but: " + outcome);
        }
        for (Waiting reason : waits.reasons()) {
            console.say("Before %s it waits: %s", phase, reason.reason());
        }
    }

    /** Opens the gate before a phase. */
    void approve(Migration migration, Phase phase, String reason) {
        migrator.approve(migration.id(), phase, APPROVER, reason);
        console.say("%s approves %s: %s.", APPROVER, phase, reason);
    }

    /** Compares the two shapes of every row, in the database. */
    void verify(Migration migration) {
        CompareReport report = migrator.verify(migration.id(), progress -> {});
        if (report.differing() > 0) {
            throw new QuickstartException(report.differing() + " of " + report.rows()
                    + " rows differ in their two shapes: " + report.examples());
        }
        console.say(
                "The migrator compared the two shapes of %s rows itself: they agree.", Console.count(report.rows()));
    }

    /** Goes back to the end of a phase. */
    void rollback(Migration migration, Optional<Phase> to) {
        expectArrival(migrator.rollback(migration.id(), to));
        crew.report();
    }

    private static void expectArrival(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            throw new QuickstartException(failed.message());
        } else if (!(outcome instanceof Outcome.Arrived)) {
            throw new QuickstartException("The migration should have arrived, but: " + outcome);
        }
    }
}
