package dev.migrator.pg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.engine.CompareReport;
import dev.migrator.engine.Outcome;
import dev.migrator.test.TestDatabase;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows with values that the old shape can't hold are named wherever they matter. */
class OutgrownTest {
    private static final Migration WIDER = Migration.builder("0001_amount")
            .changeType("orders", "amount", "bigint")
            .gates(Phase.CONTRACT)
            .build();

    private TestDatabase database;
    private PostgresMigrator migrator;

    @BeforeEach
    void contract() {
        database = Databases.withStateTables();
        database.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, amount int NOT NULL)",
                "INSERT INTO orders VALUES (1, 10), (2, 20)");
        migrator = PostgresMigrator.builder(database.pool())
                .migrations(List.of(WIDER))
                .build();
        migrator.migrate(Phase.CONTRACT);
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private CompareReport verify() {
        return migrator.verify("0001_amount", progress -> {});
    }

    private Outcome rollback() {
        return migrator.rollback("0001_amount", Optional.empty());
    }

    @Test
    void aRollbackNamesThemAndSaysWhatToDo() {
        database.execute("UPDATE orders SET amount = 5000000000 WHERE id = 2");
        assertThat(rollback()).isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                .contains("1 row holds values that the old shape can't hold")
                .contains("public.orders id=2")
                .contains("Nothing was done. Change or delete that row, then roll back again."));
        database.execute("INSERT INTO orders (id, amount) SELECT g, 5000000000 FROM generate_series(11, 40) g");
        assertThat(rollback()).isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                .contains("31 rows hold values", "public.orders id=11", "Change or delete those rows")
                .doesNotContain("id=39"));
        database.execute("DELETE FROM orders WHERE amount > 100");
        assertThat(rollback()).isInstanceOf(Outcome.Arrived.class);
    }

    @Test
    void statusNamesThem() {
        database.execute("UPDATE orders SET amount = 5000000000 WHERE id = 2");
        assertThat(migrator.status("0001_amount").get(0).rollback().reason())
                .contains("1 row holds values that the old shape can't hold", "id=2");
    }

    @Test
    void verifyCountsThem() {
        assertThat(verify()).isEqualTo(new CompareReport(2, 0, List.of()));
        database.execute("UPDATE orders SET amount = 5000000000 WHERE id = 2");
        CompareReport report = verify();
        assertThat(report.rows()).isEqualTo(2);
        assertThat(report.differing()).isEqualTo(1);
        assertThat(report.examples())
                .singleElement()
                .asString()
                .startsWith("public.orders id=2: the old shape can't hold");
    }
}
