package dev.migrator.test.releases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.migrator.Migration;
import dev.migrator.MigrationFiles;
import dev.migrator.test.BaseSchema;
import dev.migrator.test.MigrationSuite;
import dev.migrator.test.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TwoReleasesTest {
    private static final BaseSchema BASE = BaseSchema.sql("shop/flyway");
    private static final SqlRelease OLD = new SqlRelease(
            "INSERT INTO users (id, name) VALUES (?, ?)",
            "UPDATE users SET name = ? WHERE id = ?",
            "DELETE FROM users WHERE id = ?",
            "SELECT name FROM users WHERE id = ?");
    private static final SqlRelease FULL_NAME = new SqlRelease(
            "INSERT INTO users (id, full_name) VALUES (?, ?)",
            "UPDATE users SET full_name = ? WHERE id = ?",
            "DELETE FROM users WHERE id = ?",
            "SELECT full_name FROM users WHERE id = ?");
    private static final SqlRelease SPLIT = new SqlRelease(
            "INSERT INTO users (id, given, family) VALUES (?, ?, ?)",
            "UPDATE users SET given = ?, family = ? WHERE id = ?",
            "DELETE FROM users WHERE id = ?",
            "SELECT given, family FROM users WHERE id = ?");

    private static MigrationSuite suite(String operations) {
        Migration migration = MigrationFiles.parse("0001_name", "0001_name.yaml", "operations:\n" + operations);
        return MigrationSuite.of(BASE, List.of(migration));
    }

    private static MigrationSuite rename() {
        return suite("  - renameColumn: { table: users, column: name, to: full_name }\n");
    }

    /** Users that have no orders yet, so that they can be removed. */
    private static Object key(RandomGenerator random) {
        return random.nextLong(100, 130);
    }

    private static List<@Nullable Object> name(RandomGenerator random) {
        return List.of("name " + random.nextInt(1000));
    }

    private static List<@Nullable Object> twoNames(RandomGenerator random) {
        return List.of("g" + random.nextInt(100), "f" + random.nextInt(100));
    }

    private static List<@Nullable Object> split(List<@Nullable Object> name) {
        String text = String.valueOf(name.get(0));
        int space = text.indexOf(' ');
        return List.of(text.substring(0, space), text.substring(space + 1));
    }

    private static TwoReleases<Object, List<@Nullable Object>, List<@Nullable Object>> releases(
            SqlRelease old, SqlRelease other) {
        return TwoReleases.between(old, other)
                .keys(TwoReleasesTest::key)
                .mapping(value -> value, value -> value)
                .values(TwoReleasesTest::name, TwoReleasesTest::name);
    }

    private static void play(TwoReleases<?, ?, ?> releases, MigrationSuite suite) {
        releases.play(suite, PostgresServer.shared());
    }

    @Test
    void getAlongInARename() {
        ReleaseReport report = releases(OLD, FULL_NAME).play(rename(), PostgresServer.shared());
        assertThat(report.journeys()).isEqualTo(6);
        assertThat(report.statements()).isGreaterThan(1000);
        assertThat(report.slowest()).isPositive();
    }

    @Test
    void getAlongInASplitThatLosesSomething() {
        TwoReleases<Object, List<@Nullable Object>, List<@Nullable Object>> releases = TwoReleases.between(OLD, SPLIT)
                .keys(TwoReleasesTest::key)
                .mapping(TwoReleasesTest::split, names -> List.of(names.get(0) + " " + names.get(1)))
                .values(TwoReleasesTest::name, TwoReleasesTest::twoNames);
        play(
                releases.seed(7).threads(0),
                suite(
                        """
                          - splitColumn:
                              table: users
                              column: name
                              into:
                                - { column: given, type: text, up: "split_part(name, ' ', 1)" }
                                - { column: family, type: text, up: "split_part(name, ' ', 2)" }
                              down: "coalesce(given, '') || ' ' || coalesce(family, '')"
                        """));
    }

    @Test
    void aWrongMappingIsFoundAndMadeSmall() {
        // The migration forgets the family name where the new release has written.
        MigrationSuite wrong = suite(
                """
                  - splitColumn:
                      table: users
                      column: name
                      into:
                        - { column: given, type: text, up: "split_part(name, ' ', 1)" }
                        - { column: family, type: text, up: "split_part(name, ' ', 2)" }
                      down: "coalesce(given, '')"
                """);
        TwoReleases<Object, List<@Nullable Object>, List<@Nullable Object>> releases = TwoReleases.between(OLD, SPLIT)
                .keys(TwoReleasesTest::key)
                .mapping(TwoReleasesTest::split, names -> List.of(names.get(0) + " " + names.get(1)))
                .values(TwoReleasesTest::name, TwoReleasesTest::twoNames)
                .calls(6)
                .seed(3);
        assertThatThrownBy(() -> play(releases, wrong))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith(
                        "Old and new release do not get along in migration 0001_name (seed 3, before EXPAND → VALIDATE")
                .hasMessageContaining("at VALIDATE: old release reads 1")
                .hasMessageMatching("(?s).*: \\[g\\d+], expected \\[g\\d+ f\\d+].*")
                .hasMessageContaining("Smallest case found, 1 of 18 calls:\n")
                .hasMessageContaining("    new release stores 1")
                .hasMessageEndingWith("Play it again with seed(3).");
    }

    @Test
    void aStatementThatFailsIsFound() {
        SqlRelease forgetful = new SqlRelease(
                FULL_NAME.insert(), FULL_NAME.update(), FULL_NAME.delete(), "SELECT fullname FROM users WHERE id = ?");
        assertThatThrownBy(() -> play(releases(OLD, forgetful).calls(6), rename()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("new release reads 1")
                .hasMessageContaining(": failed with 42703 ERROR: column \"fullname\" does not exist");
    }

    @Test
    void anOldReleaseThatCantBearTheNewShapeIsFound() {
        // It reads whole rows, and so meets what EXPAND adds.
        SqlRelease everything = new SqlRelease(
                OLD.insert(),
                OLD.update(),
                OLD.delete(),
                "SELECT CASE WHEN jsonb_exists(to_jsonb(u), 'full_name') THEN 'a column too many' ELSE name END FROM users u WHERE id = ?");
        TwoReleases<Object, List<@Nullable Object>, List<@Nullable Object>> releases =
                releases(everything, FULL_NAME).calls(6);
        assertThatThrownBy(() -> play(releases, rename()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("at EXPAND: old release reads 1")
                .hasMessageContaining("[a column too many], expected [name ");
    }

    @Test
    void aMigrationThatFailsIsFoundWithTheRowsThatItTakes() {
        MigrationSuite numbers = suite(
                "  - changeType: { table: users, column: name, type: integer, to: number, up: 'substr(name, 6)::integer', down: \"'name ' || number\" }\n");
        SqlRelease number = new SqlRelease(
                FULL_NAME.insert().replace("full_name", "number"),
                FULL_NAME.update().replace("full_name", "number"),
                FULL_NAME.delete(),
                FULL_NAME.read().replace("full_name", "number"));
        TwoReleases<Object, List<@Nullable Object>, List<@Nullable Object>> releases = TwoReleases.between(OLD, number)
                .keys(TwoReleasesTest::key)
                .calls(8)
                .mapping(
                        name -> List.of(
                                Integer.valueOf(String.valueOf(name.get(0)).substring(5))),
                        value -> List.of("name " + value.get(0)))
                .values(
                        random -> List.of((random.nextInt(3) == 0 ? "nick " + "x" : "name " + random.nextInt(100))),
                        random -> List.of(random.nextInt(100)));
        assertThatThrownBy(() -> play(releases, numbers))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Smallest case found, 1 of ")
                .hasMessageContaining("= [nick x]");
    }

    @Test
    void aStatementOverTheBudgetIsFound() {
        assertThatThrownBy(() -> play(releases(OLD, FULL_NAME).budget(Duration.ofNanos(1)), rename()))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the budget is 0 ms");
    }

    @Test
    void whatIsMissingIsSaid() {
        assertThatThrownBy(() -> play(TwoReleases.between(OLD, FULL_NAME), rename()))
                .hasMessage("Two releases need mapping(…) before they can play.");
        assertThat(String.format(Locale.ROOT, "%s", new ReleaseReport(7, 1200, Duration.ofMillis(31))))
                .isEqualTo("7 journeys, 1200 statements, none failed, the slowest took 31 ms");
    }
}
