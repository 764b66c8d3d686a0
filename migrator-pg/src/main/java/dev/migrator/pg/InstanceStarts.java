package dev.migrator.pg;

import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Uses;
import dev.migrator.pg.internal.release.EnteringDataSource;
import dev.migrator.pg.internal.release.Entrance;
import dev.migrator.pg.internal.release.Heart;
import dev.migrator.pg.internal.release.InstanceTable;
import dev.migrator.pg.internal.release.InstanceTable.Known;
import dev.migrator.pg.internal.release.Listener;
import dev.migrator.pg.internal.release.Pools;
import dev.migrator.pg.internal.release.Registration;
import dev.migrator.pg.internal.release.RetiredNames;
import dev.migrator.pg.internal.release.Safety;
import dev.migrator.pg.internal.release.StatementUses;
import dev.migrator.pg.internal.state.StateSql;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the parts of an application's instance together. */
final class InstanceStarts {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceStarts.class);

    private final DataSource source;
    private final Identifier schema;
    private final Runnable install;
    private final StateSql sql;
    private final String release;
    private final List<Migration> migrations;

    /**
     * For a migrator's application.
     *
     * @param install installs the state schema, or brings it up to date
     */
    InstanceStarts(PostgresMigratorBuilder builder, Runnable install, StateSql sql) {
        this.source = builder.source;
        this.schema = Identifier.of(builder.stateSchema);
        this.install = install;
        this.sql = sql;
        this.release = builder.release;
        this.migrations = builder.migrations;
    }

    /**
     * A start that has not begun.
     *
     * @param migrate takes all migrations forward, to the end of a phase or as far as gates allow, or until it is told to stop
     * @param help starts so many threads that help with backfills
     */
    InstanceStart of(
            StartSettings settings,
            BiFunction<Phase, BooleanSupplier, List<MigrationResult>> migrate,
            Function<Integer, BackfillHelper> help) {
        InstanceSettings instance = settings.instance();
        List<Known> known = migrations.stream()
                .map(one -> new Known(
                        one.id(),
                        one.checksum(),
                        instance.uses().getOrDefault(one.id(), Uses.OLD),
                        instance.uses().containsKey(one.id())))
                .toList();
        Registration registration = new Registration(
                Engines.owner(),
                release,
                source,
                new InstanceTable(sql),
                known,
                new Safety(migrations, known),
                instance.leaseTime(),
                settings.advanceTo().isPresent());
        if (settings.advanceTo().isPresent()) {
            Pools.tooSmall(source).forEach(LOG::warn);
        }
        Optional<Advance> advance = settings.advanceTo()
                .map(phase -> new Advance(registration, settings.goesBack(), stopped -> migrate.apply(phase, stopped)));
        return new InstanceStart(
                registration,
                install,
                release,
                instance.waitFor(),
                advance,
                advancing -> live(registration, settings, advancing, help));
    }

    private ApplicationInstance live(
            Registration registration,
            StartSettings settings,
            Optional<Advance> advance,
            Function<Integer, BackfillHelper> help) {
        InstanceSettings instance = settings.instance();
        RetiredNames retired = new RetiredNames(migrations);
        StatementUses uses = new StatementUses(migrations);
        Heart heart = new Heart(registration, retired, uses, instance.leaseTime(), () -> {
            advance.ifPresent(Advance::wake);
            if (registration.leavesPreparedBehind()) {
                Pools.evict(source);
            }
        });
        List<AutoCloseable> behind = new ArrayList<>();
        advance.ifPresent(behind::add);
        if (settings.helpers() > 0) {
            behind.add(help.apply(settings.helpers()));
        }
        if (instance.listens()) {
            Listener listener =
                    new Listener(source, schema, instance.leaseTime().dividedBy(3), heart::wake);
            listener.start();
            behind.add(listener);
        }
        // Last: what comes before may fail, and then the instance ends with its lease.
        heart.start();
        Entrance entrance = new Entrance(sql, registration.id(), heart::wake);
        return new ApplicationInstance(
                registration, heart, new EnteringDataSource(source, entrance, retired, uses), behind);
    }
}
