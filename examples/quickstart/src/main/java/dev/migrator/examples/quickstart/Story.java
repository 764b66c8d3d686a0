package dev.migrator.examples.quickstart;

import com.zaxxer.hikari.HikariDataSource;
import dev.migrator.Migration;
import dev.migrator.Phase;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What happens, from the empty database to the last check. */
final class Story implements AutoCloseable {

    private static final String INTRODUCTION =
            """
            Two releases of an application use one table at the same time, while its
            columns get other names and types under them. Nobody is stopped for that.
            Then another such change is made, and taken back. Every write is noted in
            memory as well, and in the end each row is compared with those notes.
            """;

    private final Console console;
    private final HikariDataSource database;
    private final PlacesTable table;
    private final long rows;
    private final int requests;
    private final Check check;
    private final Crew crew;
    private final Pipeline pipeline;
    private final Migration first = Migrations.read("0001_readable_places");
    private final Migration second = Migrations.read("0002_label_and_parts");

    private Story(Console console, Server server, Cities cities, long rows, int requests) {
        this.console = console;
        this.database = server.pool("migrator", 8);
        this.table = new PlacesTable(database);
        this.rows = rows;
        this.requests = requests;
        Model model = new Model(cities.places(), rows);
        this.check = new Check(database, model);
        this.crew = new Crew(server, model, console);
        this.pipeline = new Pipeline(database, List.of(first, second), console, crew);
    }

    /**
     * Tells the whole story.
     *
     * @param rows how many rows the table has in the beginning
     * @param requests how many requests each release answers between two changes
     * @throws QuickstartException if anything is not as it must be
     */
    static void tell(Console console, long rows, int requests) throws SQLException {
        console.intro(INTRODUCTION);
        console.say("Starting PostgreSQL.");
        Cities cities = Cities.read();
        try (Server server = Server.start();
                Story story = new Story(console, server, cities, rows, requests)) {
            story.load(cities);
            Writer release2 = story.forward();
            story.forwardAndBack(release2);
            story.sum();
        }
    }

    private void load(Cities cities) throws SQLException {
        console.say("Loading places of the world (from www.geonames.org, CC BY 4.0).");
        table.create(cities, rows);
        console.say("Table places has %s rows and, with its indexes, %s.", Console.count(rows), table.size());
    }

    /** The first migration, all the way; returns the instance that is at work in the end. */
    private Writer forward() throws SQLException {
        console.title("1. Better names and types: all the way to PURGE");
        console.quote(Migrations.text(first.id()));
        Writer release1 = crew.start(new Release1(), Writer.Use.ALL);
        console.say("Release 1 is at work; it knows name, country, admin1, lat and lng.");
        crew.work(requests);
        crew.report();

        console.say("EXPAND adds the new columns beside the old ones, with triggers that keep the two in step.");
        pipeline.migrate(first, Phase.EXPAND);
        Writer release2 = crew.start(new Release2(), Writer.Use.BLIND);
        console.say("Release 2 is rolled out beside it; it knows full_name, region, latitude and longitude. It may"
                + " write them from now on, but not read them yet.");
        console.say("BACKFILL fills the new columns of the rows that nobody has written since.");
        pipeline.migrate(first, Phase.BACKFILL);
        console.say("VALIDATE builds indexes, and compares the two shapes row by row.");
        pipeline.migrate(first, Phase.VALIDATE);
        release2.useAll();
        console.say("The new shape is the truth: release 2 may now read and write as it likes, beside release 1.");
        crew.work(requests);

        pipeline.waitsBefore(first, Phase.CONTRACT);
        pipeline.verify(first);
        checkEveryRow(new Release1(), new Release2());
        crew.stop(release1);
        pipeline.approve(first, Phase.CONTRACT, "no instance of release 1 is left");
        console.say("CONTRACT retires the old columns. They are still kept in step, for a way back.");
        pipeline.migrate(first, Phase.CONTRACT);
        crew.work(requests);
        pipeline.waitsBefore(first, Phase.PURGE);
        pipeline.approve(first, Phase.PURGE, "nobody wants release 1 back");
        console.say("PURGE drops the old columns and the triggers: the point of no return.");
        pipeline.migrate(first, Phase.PURGE);
        checkEveryRow(new Release2());
        return release2;
    }

    /** The second migration, to CONTRACT and back to where it began. */
    private void forwardAndBack(Writer release2) throws SQLException {
        console.title("2. A release that turns out to be a mistake: to CONTRACT, and back");
        console.quote(Migrations.text(second.id()));
        String definition = table.definition();
        console.say("EXPAND, BACKFILL and VALIDATE in one go, while release 2 is at work.");
        pipeline.migrate(second, Phase.VALIDATE);
        Writer release3 = crew.start(new Release3(), Writer.Use.ALL);
        console.say("Release 3 is rolled out beside release 2; it knows label, country_code and subdivision.");
        crew.work(requests);
        crew.stop(release2);
        pipeline.approve(second, Phase.CONTRACT, "no instance of release 2 is left");
        pipeline.migrate(second, Phase.CONTRACT);
        crew.work(requests);
        crew.report();

        console.say("Release 3 turns out to be a mistake. Back, while it is at work:");
        pipeline.rollback(second, Optional.of(Phase.VALIDATE));
        Writer again = crew.start(new Release2(), Writer.Use.ALL);
        console.say("Release 2 is rolled out again, beside release 3.");
        crew.work(requests);
        checkEveryRow(new Release2(), new Release3());
        crew.stop(release3);
        console.say("Back to before EXPAND, while release 2 is at work:");
        pipeline.rollback(second, Optional.empty());
        crew.work(requests);
        checkEveryRow(new Release2());
        checkDefinition(definition, table.definition());
        crew.stop(again);
    }

    private void checkEveryRow(Release... releases) throws SQLException {
        Check.Result result = check.everyRow(releases);
        console.say(
                "Checked each of the %s rows in the shape of %s: all hold what was loaded or what a release has"
                        + " written since (%s rows), and none is lost.",
                Console.count(result.rows()),
                releases.length == 1
                        ? releases[0].name()
                        : releases[0].name() + " and in that of " + releases[1].name(),
                Console.count(result.written()));
        crew.report();
    }

    private void checkDefinition(String before, String after) {
        if (!before.equals(after)) {
            throw new QuickstartException("After the rollback the table is defined otherwise than before. It was:\n"
                    + before + "\nand is now:\n" + after);
        }
        console.say("The table's columns, indexes, constraints and triggers are, word by word, those from before.");
    }

    private void sum() {
        Waits waits = crew.all();
        console.title("Done");
        console.say(
                "%s rows, one migration forward and one forward and back, %s requests of 3 releases meanwhile: 0 errors,"
                        + " 99 %% within %s, slowest %s. Everything took %s.",
                Console.count(rows),
                Console.count(waits.requests()),
                Console.milliseconds(waits.p99()),
                Console.milliseconds(waits.slowest()),
                Console.seconds(console.elapsed()));
    }

    @Override
    public void close() {
        crew.close();
        database.close();
    }
}
