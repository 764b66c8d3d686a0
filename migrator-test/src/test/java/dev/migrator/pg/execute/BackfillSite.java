package dev.migrator.pg.execute;

import static dev.migrator.pg.execute.ExecutionSite.USERS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.engine.StepStatus;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.plan.Action;
import dev.migrator.plan.Step;
import dev.migrator.test.PostgresServer;
import java.util.List;
import javax.sql.DataSource;

/**
 * A table in the middle of a migration: {@code full_name} is to become {@code upper(name)}, {@code pending} is the marker,
 * {@code filled} counts how often the backfill has touched a row, and a trigger keeps what the application writes in step.
 */
final class BackfillSite implements AutoCloseable {
    static final Step FILL = ExecutionSite.step(
            Phase.BACKFILL,
            1,
            new Action.Backfill(
                    USERS,
                    "full_name = upper(\"users\".\"name\"), filled = filled + 1, pending = false",
                    "\"users\".\"pending\""),
            new Action.Nothing(),
            "",
            List.of());

    final ExecutionSite site;

    private BackfillSite(ExecutionSite site) {
        this.site = site;
    }

    /** A table with rows 1 to n, all of them pending. */
    static BackfillSite of(int rows) {
        return of(rows, "id int PRIMARY KEY, name text, pad text DEFAULT repeat('p', 100)", "");
    }

    static BackfillSite of(int rows, String columns, String options, String... more) {
        BackfillSite backfill = bare(FILL);
        backfill.site.db.execute("CREATE TABLE users (" + columns + ") " + options);
        backfill.site.db.execute(more);
        backfill.insert(1, rows);
        backfill.expand();
        return backfill;
    }

    /** As {@link #of(int)}, on a server of one's own. */
    static BackfillSite on(PostgresServer server, int rows) {
        BackfillSite backfill = new BackfillSite(ExecutionSite.on(server, FILL));
        backfill.site.db.execute("CREATE TABLE users (id int PRIMARY KEY, name text)");
        backfill.insert(1, rows);
        backfill.expand();
        return backfill;
    }

    static BackfillSite bare(Step fill) {
        return new BackfillSite(ExecutionSite.of(fill));
    }

    void insert(int from, int to) {
        site.db.execute(
                "INSERT INTO users (id, name) SELECT g, 'n' || g FROM generate_series(" + from + ", " + to + ") AS g");
    }

    /** The new shape and its trigger, as EXPAND leaves them. */
    void expand() {
        site.db.execute(
                """
                ALTER TABLE users ADD COLUMN full_name text, ADD COLUMN filled int NOT NULL DEFAULT 0,
                    ADD COLUMN pending boolean NOT NULL DEFAULT true""",
                """
                CREATE FUNCTION sync() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    NEW.full_name := upper(NEW.name);
                    NEW.pending := false;
                    RETURN NEW;
                END $$""",
                "CREATE TRIGGER sync_insert BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION sync()",
                """
                CREATE TRIGGER sync_update BEFORE UPDATE ON users FOR EACH ROW
                    WHEN (NOT (OLD.pending AND NOT NEW.pending)) EXECUTE FUNCTION sync()""");
    }

    void run() {
        run(ExecutionSite.settings());
    }

    void run(ExecutorSettings settings) {
        site.executor(settings).run(site.lease, FILL, site.control());
    }

    void run(DataSource source) {
        site.executor(source, ExecutionSite.settings()).run(site.lease, FILL, site.control());
    }

    long pending() {
        return site.db.queryLong("SELECT count(*) FROM users WHERE pending");
    }

    long recordedRows() {
        return site.db.queryLong("SELECT coalesce(sum(rows), 0) FROM migrator.backfill_chunk");
    }

    /** Every row is in step, was filled at most once, and the record says how many were. */
    void assertComplete() {
        assertThat(pending()).isZero();
        assertThat(site.db.queryLong("SELECT count(*) FROM users WHERE full_name IS DISTINCT FROM upper(name)"))
                .isZero();
        assertThat(site.db.queryLong("SELECT count(*) FROM users WHERE filled > 1"))
                .as("rows filled more than once")
                .isZero();
        assertThat(site.status(1)).isEqualTo(StepStatus.DONE);
        assertThat(site.db.queryLong("SELECT count(*) FROM migrator.backfill_chunk WHERE NOT done"))
                .isZero();
    }

    @Override
    public void close() {
        site.close();
    }
}
