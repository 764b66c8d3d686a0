package dev.migrator.test;

import dev.migrator.test.internal.Locations;
import dev.migrator.test.internal.SqlScript;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * What is in a database before the first migration: the application's schema as its older tools make it.
 *
 * <p>It is applied once for a server, as the owner of the database, who is no superuser; each test gets a copy. Immutable.
 */
public final class BaseSchema {
    /** So that the server's message tells the place in the whole text. */
    private static final Map<String, String> AS_ONE_MESSAGE = Map.of("preferQueryMode", "extendedForPrepared");

    private final String key;
    private final Consumer<TestDatabase> application;

    private BaseSchema(String key, Consumer<TestDatabase> application) {
        this.key = key;
        this.application = application;
    }

    /** Nothing: an empty database. */
    public static BaseSchema empty() {
        return new BaseSchema("an empty database", database -> {});
    }

    /**
     * What Flyway finds in its locations.
     *
     * @param locations as Flyway takes them: {@code classpath:db/migration}, {@code filesystem:src/main/resources/db/migration}
     */
    public static BaseSchema flyway(String... locations) {
        List<String> all = List.of(locations);
        return new BaseSchema("Flyway's locations " + all, database -> migrateByFlyway(database.dataSource(), all));
    }

    private static void migrateByFlyway(DataSource source, List<String> locations) {
        try {
            int applied = Flyway.configure()
                    .dataSource(source)
                    .locations(locations.toArray(String[]::new))
                    .failOnMissingLocations(true)
                    .loggers("slf4j")
                    .load()
                    .migrate()
                    .migrationsExecuted;
            if (applied == 0) {
                throw new BaseSchemaException("Flyway finds no migrations in " + locations
                        + ". Name the folder in which its V1__….sql files lie: classpath:… or filesystem:….");
            }
        } catch (FlywayException e) {
            throw new BaseSchemaException(
                    "The base schema does not apply: Flyway, with the locations " + locations + ", says: "
                            + e.getMessage(),
                    e);
        }
    }

    /**
     * SQL files, each run as one message, and so in one transaction, in the order given; of a folder those that end in {@code
     * .sql}, by name.
     *
     * @param locations {@code classpath:schema.sql}, or a path from the working directory, such as {@code src/test/schema}
     */
    public static BaseSchema sql(String... locations) {
        List<String> all = List.of(locations);
        return new BaseSchema("the SQL of " + all, database -> {
            for (String location : all) {
                for (Path file : Locations.files(location, ".sql")) {
                    run(database, SqlScript.read(file));
                }
            }
        });
    }

    /** SQL statements. */
    public static BaseSchema statements(String... statements) {
        List<String> all = List.of(statements);
        return new BaseSchema("the statements " + all, database -> {
            for (int i = 0; i < all.size(); i++) {
                run(database, new SqlScript("statement " + (i + 1), all.get(i)));
            }
        });
    }

    /** Whatever the team's own code does; each call of this method stands for another schema, so keep the result. */
    public static BaseSchema code(Consumer<DataSource> application) {
        return new BaseSchema("code, " + UUID.randomUUID(), database -> application.accept(database.dataSource()));
    }

    /** This, and then another one on top of it. */
    public BaseSchema and(BaseSchema other) {
        return new BaseSchema(key + ", then " + other.key, application.andThen(other.application));
    }

    private static void run(TestDatabase database, SqlScript script) {
        try (Connection connection = database.dataSource(AS_ONE_MESSAGE).getConnection()) {
            Sql.execute(connection, script.sql());
        } catch (SqlFailure e) {
            throw new BaseSchemaException(
                    "The base schema does not apply: " + script.place(e) + ": " + script.message(e)
                            + ". It runs as the owner of the database, who is no superuser.",
                    e);
        } catch (SQLException e) {
            throw new BaseSchemaException("The base schema does not apply: " + e.getMessage(), e);
        }
    }

    /** A template of a server with this schema in it. */
    public DatabaseTemplate on(PostgresServer server) {
        return server.template(key, application);
    }

    /** What tells it from another one. */
    @Override
    public String toString() {
        return key;
    }
}
