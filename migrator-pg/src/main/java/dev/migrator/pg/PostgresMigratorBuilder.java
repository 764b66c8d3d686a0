package dev.migrator.pg;

import dev.migrator.CustomGate;
import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.engine.CustomGates;
import dev.migrator.engine.EngineListener;
import dev.migrator.pg.internal.transact.Transforms;
import dev.migrator.throttle.ThrottleSignal;
import dev.migrator.transform.BatchTransform;
import dev.migrator.transform.TransformSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import javax.sql.DataSource;

/** Collects what a {@link PostgresMigrator} needs. Not thread-safe; may be used for one migrator only. */
public final class PostgresMigratorBuilder {
    final DataSource source;
    Optional<DataSource> direct = Optional.empty();
    List<Migration> migrations = List.of();
    String stateSchema = "migrator";
    String release = "";
    EngineListener listener = EngineListener.NONE;
    final List<ThrottleSignal> signals = new ArrayList<>();
    OptionalLong freeSpace = OptionalLong.empty();
    Transforms transforms = Transforms.NONE;
    CustomGates gates = CustomGates.NONE;
    Duration leaseTime = Duration.ofSeconds(30);
    Duration leaseWait = Duration.ofMinutes(10);
    Duration retryFor = Duration.ofMinutes(5);
    Duration maxStall = Duration.ofMillis(200);
    Duration lockDeadline = Duration.ofMinutes(10);

    PostgresMigratorBuilder(DataSource source) {
        this.source = source;
    }

    /** Replaces the source of connections for what can't go through a pooler, such as building an index. */
    public PostgresMigratorBuilder directDataSource(DataSource directSource) {
        this.direct = Optional.of(directSource);
        return this;
    }

    /** Replaces the migrations, in the order in which they are to run; none by default. */
    public PostgresMigratorBuilder migrations(List<Migration> all) {
        this.migrations = List.copyOf(all);
        return this;
    }

    /** Replaces the name of the schema for the migrator's own tables; {@code migrator} by default. */
    public PostgresMigratorBuilder stateSchema(String name) {
        this.stateSchema = name;
        return this;
    }

    /** Replaces the release that the history shows; none by default. */
    public PostgresMigratorBuilder release(String name) {
        this.release = name;
        return this;
    }

    /**
     * Says how much is free on the server's disk, in bytes, which PostgreSQL does not tell: a migration that needs more is
     * refused before it begins. Left out: looked up where the server runs on this machine and its files can be seen, else not
     * known, and nothing is refused by it.
     */
    public PostgresMigratorBuilder freeSpace(long bytes) {
        this.freeSpace = OptionalLong.of(bytes);
        return this;
    }

    /** Replaces who is told what happens; nobody by default. */
    public PostgresMigratorBuilder listener(EngineListener newListener) {
        this.listener = newListener;
        return this;
    }

    /** Replaces the time after which a silent engine counts as dead; 30 seconds by default. */
    public PostgresMigratorBuilder leaseTime(Duration time) {
        this.leaseTime = time;
        return this;
    }

    /** Replaces the time to wait for another engine that is at work; ten minutes by default, zero: not at all. */
    public PostgresMigratorBuilder leaseWait(Duration time) {
        this.leaseWait = time;
        return this;
    }

    /** Replaces the time for which a failure that may pass is tried again; five minutes by default, zero: never. */
    public PostgresMigratorBuilder retryFor(Duration time) {
        this.retryFor = time;
        return this;
    }

    /** Replaces the longest time that the application may be made to wait for a lock of the migrator's; 200 ms by default. */
    public PostgresMigratorBuilder maxStall(Duration time) {
        this.maxStall = time;
        return this;
    }

    /** Replaces the time within which a lock must be had before the step fails; ten minutes by default. */
    public PostgresMigratorBuilder lockDeadline(Duration time) {
        this.lockDeadline = time;
        return this;
    }

    /**
     * Adds a signal of the application's own, which slows backfills down or stops them; none by default. It is asked about
     * once a second while a backfill runs, beside those that the migration's file names.
     */
    public PostgresMigratorBuilder throttle(ThrottleSignal signal) {
        this.signals.add(signal);
        return this;
    }

    /**
     * Gives a gate that migrations name by {@code custom}.
     *
     * @param name the name
     * @param gate asked each time an engine of this process stands before the phase
     */
    public PostgresMigratorBuilder gate(String name, CustomGate gate) {
        this.gates = gates.with(name, gate);
        return this;
    }

    /**
     * Gives the function that computes a column, under the name by which migrations call it ({@code transform:}), with the
     * default settings.
     */
    public PostgresMigratorBuilder transform(String name, BatchTransform function) {
        return transform(name, function, TransformSettings.defaults());
    }

    /**
     * Gives the function that computes a column, under the name by which migrations call it ({@code transform:}). A process
     * that lacks it may lead such a migration all the same; rows are computed by processes that have it, and that
     * {@linkplain PostgresMigrator#helpWithBackfills help}: those compute, too, what the old release writes until CONTRACT.
     */
    public PostgresMigratorBuilder transform(String name, BatchTransform function, TransformSettings settings) {
        this.transforms = transforms.with(name, function, settings);
        return this;
    }

    /**
     * Makes the migrator; asks nothing of the database yet. What is first asked of the migrator fails if the database can't be
     * reached, or is older than PostgreSQL 14.
     *
     * @return the migrator
     * @throws IllegalArgumentException with everything that is wrong, one problem a line
     */
    public PostgresMigrator build() {
        List<String> problems = new ArrayList<>();
        try {
            Identifier.of(stateSchema);
        } catch (IllegalArgumentException e) {
            problems.add("stateSchema: " + e.getMessage());
        }
        Set<String> ids = new HashSet<>();
        for (Migration migration : migrations) {
            if (!ids.add(migration.id())) {
                problems.add("migrations: two have the id " + migration.id());
            }
        }
        positive("leaseTime", leaseTime, problems);
        notNegative("leaseWait", leaseWait, problems);
        notNegative("retryFor", retryFor, problems);
        positive("maxStall", maxStall, problems);
        positive("lockDeadline", lockDeadline, problems);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("The migrator can't be built:\n" + String.join("\n", problems));
        }
        return new PostgresMigrator(this);
    }

    private static void notNegative(String name, Duration value, List<String> problems) {
        if (value.isNegative()) {
            problems.add(name + ": must not be negative, is " + value);
        }
    }

    private static void positive(String name, Duration value, List<String> problems) {
        if (value.toMillis() < 1) {
            problems.add(name + ": must be 1 ms or longer, is " + value);
        }
    }
}
