package dev.migrator.examples.rolling;

import dev.migrator.Phase;
import dev.migrator.engine.Outcome;
import dev.migrator.engine.Waiting;
import dev.migrator.pg.PostgresMigrator;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Plays a deployment: release 2 takes the place of release 1 under load, goes back, and forward again. */
public final class RollingRelease {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Database database;
    private final TimeLine line;
    private final Balancer balancer = new Balancer();
    private final List<Instance> started = new ArrayList<>();
    private final PostgresMigrator migrator;

    private RollingRelease(Database database, TimeLine line) {
        this.database = database;
        this.line = line;
        this.migrator = PostgresMigrator.builder(database.owner())
                .release("2.0")
                .migrations(List.of(Migrations.fullName()))
                .build();
    }

    /**
     * Plays it, and fails if a request failed or a row differs.
     *
     * @param arguments none
     * @throws Exception if something of the story did not go as told
     */
    public static void main(String[] arguments) throws Exception {
        Summary summary = play(System.out);
        if (!summary.failures().isEmpty() || !summary.differing().isEmpty()) {
            System.exit(1);
        }
    }

    static Summary play(PrintStream out) throws SQLException, IOException, InterruptedException {
        TimeLine line = new TimeLine(out);
        try (Database database = Database.start()) {
            RollingRelease release = new RollingRelease(database, line);
            try {
                Summary summary = release.play();
                summary.failures().stream().limit(10).forEach(line::tell);
                summary.differing().stream().limit(10).forEach(line::tell);
                line.tell(
                        summary.requests() + " requests, " + summary.failures().size() + " failed, the slowest write"
                                + " and read together " + summary.slowestMillis() + " ms; " + summary.rows()
                                + " rows compared, " + summary.differing().size() + " differ");
                return summary;
            } finally {
                release.started.forEach(Instance::close);
            }
        }
    }

    private Summary play() throws SQLException, IOException, InterruptedException {
        // With no migrations yet: the state tables, with which instances register.
        PostgresMigrator.builder(database.owner()).build().migrate();
        database.letApplicationsRegister();
        List<Instance> first = List.of(serve("v1-a", 1), serve("v1-b", 1), serve("v1-c", 1));
        line.tell("Three instances of release 1 serve; " + Database.USERS + " rows");
        try (Load load = new Load(balancer)) {
            rollOut(first);
            Instance hanging = first.get(2);
            contractWhen(hanging);
            goBack();
            goForwardForGood();
            load.close();
            return summary(load);
        }
    }

    private Instance serve(String name, int release) throws IOException, InterruptedException {
        Instance instance = Instance.start(name, release, database.applicationUrl());
        started.add(instance);
        balancer.add(instance);
        return instance;
    }

    private void retire(Instance instance) throws InterruptedException {
        balancer.remove(instance);
        instance.stop();
    }

    /** Release 2 comes in one by one, while the migration expands and fills. */
    private void rollOut(List<Instance> first) throws IOException, InterruptedException {
        serve("v2-a", 2);
        retire(first.get(0));
        arrive(Phase.EXPAND, "EXPAND is complete: both columns are there, in step from now on");
        serve("v2-b", 2);
        retire(first.get(1));
        arrive(Phase.VALIDATE, "BACKFILL and VALIDATE are complete: every row is in both shapes");
        serve("v2-c", 2);
        line.tell("Three instances of release 2 serve, and v1-c, which was forgotten");
    }

    private void contractWhen(Instance hanging) throws InterruptedException {
        Outcome outcome = await("CONTRACT waits", () -> Optional.of(migrate(Phase.CONTRACT))
                .filter(found -> found instanceof Outcome.Waits && reason(found).contains(hanging.id())));
        line.tell("CONTRACT waits: " + reason(outcome));
        hanging.kill();
        line.tell("v1-c is killed by kill -9");
        await("CONTRACT", () -> arrived(migrate(Phase.CONTRACT)));
        balancer.remove(hanging);
        line.tell("Its lease has run out, the gate is open; CONTRACT is complete: only full_name is left");
    }

    private void goBack() throws IOException, InterruptedException {
        line.tell("Trouble with release 2: everything back to where release 1 can run");
        await("the way back", () -> arrived(migrator.rollback(Migrations.FULL_NAME, Optional.of(Phase.BACKFILL))));
        Instance again = serve("v1-d", 1);
        line.tell("The migration stands at the end of BACKFILL again, v1-d serves beside release 2");
        Thread.sleep(1000);
        retire(again);
        line.tell("The trouble was something else; v1-d is stopped");
    }

    private void goForwardForGood() throws InterruptedException {
        await("CONTRACT again", () -> arrived(migrate(Phase.CONTRACT)));
        line.tell("Forward again: CONTRACT is complete");
        Outcome purge = migrate(Phase.PURGE);
        line.tell("PURGE waits: " + reason(purge));
        migrator.approve(Migrations.FULL_NAME, Phase.PURGE, "ann", "release 2 has run for long enough");
        arrive(Phase.PURGE, "Approved by ann. PURGE is complete: nothing is left of the old column");
    }

    private Outcome migrate(Phase to) {
        return migrator.migrate(to, Migrations.FULL_NAME).get(0).outcome();
    }

    private void arrive(Phase phase, String telling) {
        Outcome outcome = migrate(phase);
        if (arrived(outcome).isEmpty()) {
            throw new IllegalStateException(phase + ": " + outcome);
        }
        line.tell(telling);
    }

    private static Optional<Outcome> arrived(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            throw new IllegalStateException(failed.message());
        }
        return Optional.of(outcome).filter(found -> found instanceof Outcome.Arrived);
    }

    private static String reason(Outcome outcome) {
        return outcome instanceof Outcome.Waits waits
                ? String.join(
                        "; ", waits.reasons().stream().map(Waiting::reason).toList())
                : String.valueOf(outcome);
    }

    private static Outcome await(String what, Supplier<Optional<Outcome>> look) throws InterruptedException {
        long begun = System.nanoTime();
        Optional<Outcome> found = look.get();
        while (found.isEmpty()) {
            if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                throw new IllegalStateException(what + " has not come in " + PATIENCE.toSeconds() + " s");
            }
            Thread.sleep(100);
            found = look.get();
        }
        return found.get();
    }

    private Summary summary(Load load) throws SQLException {
        Map<Integer, String> expected = load.expected();
        List<String> differing = new ArrayList<>();
        long rows = 0;
        try (Connection connection = database.owner().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, full_name FROM users")) {
            while (row.next()) {
                rows++;
                String name = expected.remove(row.getInt(1));
                if (!row.getString(2).equals(name)) {
                    differing.add("row " + row.getInt(1) + " holds " + row.getString(2) + ", acknowledged was " + name);
                }
            }
        }
        expected.forEach((id, name) -> differing.add("row " + id + " is lost: " + name));
        return new Summary(load.requests(), load.failures(), load.slowestMillis(), rows, differing);
    }
}
