package dev.migrator.example.shop;

import static dev.migrator.test.assertions.MigratorAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.test.Crashes;
import dev.migrator.test.LockTrace;
import dev.migrator.test.MigrationDatabase;
import dev.migrator.test.junit.AtPhase;
import dev.migrator.test.junit.EachPhase;
import dev.migrator.test.junit.MigrationTest;
import dev.migrator.test.releases.TwoReleases;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What the team wants to know of {@code 0001_two_names} before it goes to production. */
@MigrationTest(flyway = "classpath:db/flyway", migrations = "db/migrator")
class TwoNamesTest {
    private static final List<String> PARTS = List.of("Ada", "Łukasz", "de la Cruz", "O'Neil", "王", "x");

    private static FullName someone(RandomGenerator random) {
        return new FullName(
                PARTS.get(random.nextInt(PARTS.size())).replace(" ", "-"), PARTS.get(random.nextInt(PARTS.size())));
    }

    @Test
    void bothReleasesWorkInEveryPhaseInWhichTheyAreLive(MigrationDatabase database) {
        TwoReleases.between(new Release1(), new Release2())
                .mapping(FullName::of, FullName::inOne)
                .keys(random -> random.nextLong(150, 250))
                .values(random -> someone(random).inOne(), TwoNamesTest::someone)
                .play(database);
    }

    @EachPhase({Phase.VALIDATE, Phase.CONTRACT, Phase.PURGE})
    void release2ReadsWhatRelease1HasStored(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            assertThat(new NamedCustomers().name(connection, 7)).contains(new FullName("First7", "Last7"));
        }
    }

    @Test
    @AtPhase(Phase.CONTRACT)
    void whatRelease2HasStoredIsThereAfterGoingBack(MigrationDatabase database, DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            new NamedCustomers().add(connection, 1000, new FullName("Grace", "Hopper"));
            database.rollback();
            assertThat(new Customers().name(connection, 1000)).contains("Grace Hopper");
        }
    }

    @Test
    void thereIsAWayBackThatLosesNothing(MigrationDatabase database) {
        assertThat(database).isReversibleUntil(Phase.CONTRACT).isLossless();
    }

    /** A review sees when the plan changes: the file is in the repository. */
    @Test
    void thePlanIsTheReviewedOne(MigrationDatabase database) {
        assertThat(database.plan())
                .rewritesNoTable()
                .hasNoWarnings()
                .matchesSnapshot(Path.of("src/test/resources/plans/0001_two_names.txt"));
    }

    @Test
    void itTakesTheLocksOfThePlanAndNoOthers(MigrationDatabase database) {
        assertThat(LockTrace.of(database)).isAsPlanned();
    }

    @Test
    void itSurvivesCrashes(MigrationDatabase database) {
        assertThat(Crashes.of(database).crashAtSomeStatements(3, 1)).isPositive();
    }

    /** With the gates that production has: releases, an approval, and a day. */
    @MigrationTest(flyway = "classpath:db/flyway", migrations = "db/migrator", keepGates = true)
    static class Gates {
        @Test
        void contractWaitsForAnApprovalAndADay(MigrationDatabase database) {
            database.advanceTo(Phase.VALIDATE).approve(Phase.CONTRACT, "ann").letTimePass(Duration.ofHours(24));
            // Nobody has registered; the approval was given knowing so.
            assertThat(database.advanceTo(Phase.CONTRACT).phase()).contains(Phase.CONTRACT);
        }
    }
}
