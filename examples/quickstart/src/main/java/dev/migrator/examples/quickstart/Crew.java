package dev.migrator.examples.quickstart;

import com.zaxxer.hikari.HikariDataSource;
import java.util.ArrayList;
import java.util.List;

/** The instances of the application that are at work, of one release or of two. */
final class Crew implements AutoCloseable {

    private final Server server;
    private final Model model;
    private final Console console;
    private final List<Member> atWork = new ArrayList<>();
    private final Waits all = new Waits();
    private long started;

    private record Member(Writer writer, HikariDataSource pool) {
        void leave() {
            writer.close();
            pool.close();
        }
    }

    Crew(Server server, Model model, Console console) {
        this.server = server;
        this.model = model;
        this.console = console;
    }

    /** Starts an instance. */
    Writer start(Release release, Writer.Use use) {
        HikariDataSource pool = server.pool(release.name(), 2);
        Writer writer = Writer.start(pool, release, model, use, ++started);
        atWork.add(new Member(writer, pool));
        return writer;
    }

    /** Stops an instance, and tells what it did. */
    void stop(Writer writer) {
        for (Member member : List.copyOf(atWork)) {
            if (member.writer() == writer) {
                member.leave();
                atWork.remove(member);
                writer.check();
                all.addAll(writer.waits());
                Waits waits = writer.waits();
                console.say(
                        "%s is stopped. It answered %s requests, 0 errors, 99 %% within %s, slowest %s.",
                        writer.release().name(),
                        Console.count(waits.requests()),
                        Console.milliseconds(waits.p99()),
                        Console.milliseconds(waits.slowest()));
            }
        }
    }

    /** Lets everybody answer so many more requests. */
    void work(long requests) {
        atWork.forEach(member -> member.writer().awaitMore(requests));
    }

    /** Tells how the requests went since this was last asked, and fails if one did. */
    void report() {
        for (Member member : atWork) {
            member.writer().check();
            Waits waits = member.writer().lately();
            console.more(
                    "meanwhile %s: %s requests, 0 errors, slowest %s",
                    member.writer().release().name(),
                    Console.count(waits.requests()),
                    Console.milliseconds(waits.slowest()));
        }
    }

    /** All requests of the instances that were stopped. */
    Waits all() {
        return all;
    }

    @Override
    public void close() {
        atWork.forEach(Member::leave);
    }
}
