package dev.migrator.pg.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Phase;
import dev.migrator.pg.Databases;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Columns of every type that is known for trouble, a table each, are written by the old and the new release in every phase,
 * there and back; after each round both shapes of each row hold, bit by bit, the value that was written last.
 */
class WriterTypesTest {
    private static final boolean THOROUGH = Boolean.getBoolean("migrator.test.thorough");

    private TestDatabase database;

    @BeforeEach
    void createDatabase() {
        database = Databases.withStateTables();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    static Stream<String> operations() {
        Stream<String> usual = Stream.of(
                "- renameColumn: { table: %s, column: v, to: w }\n",
                "- changeType: { table: %s, column: v, type: '%s' }\n");
        return THOROUGH
                ? Stream.concat(usual, Stream.of("- changeType: { table: %s, column: v, type: '%s', to: w }\n"))
                : usual;
    }

    private static List<TypeSample> types() {
        return THOROUGH
                ? Stream.concat(TypeSample.tricky().stream(), TypeSample.others().stream())
                        .toList()
                : TypeSample.tricky();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void bothShapesHoldWhatWasWrittenLast(String operation) {
        TypeTables tables = new TypeTables(database, types());
        PlanRunner runner = new Users(database).plan(tables.operations(operation));

        runner.run(Phase.EXPAND);
        tables.bothWrite();
        tables.fillHalf(runner.plan());
        tables.bothWrite();
        runner.run(Phase.BACKFILL);
        tables.bothWrite();
        runner.run(Phase.VALIDATE);
        tables.bothWrite();
        runner.run(Phase.CONTRACT);
        tables.newWrites();
        runner.undo(Phase.CONTRACT);
        tables.bothWrite();
        assertThat(runner.violations(Phase.VALIDATE)).isEmpty();
        runner.run(Phase.CONTRACT);
        tables.newWrites();
        runner.run(Phase.PURGE);
        tables.newWrites();
        assertThat(database.queryStrings(
                        "SELECT attname FROM pg_attribute WHERE attname LIKE 'mg\\_%'" + " AND NOT attisdropped"))
                .isEqualTo(List.of());
    }
}
