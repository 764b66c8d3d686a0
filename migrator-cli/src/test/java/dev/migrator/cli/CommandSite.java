package dev.migrator.cli;

import dev.migrator.test.PostgresServer;
import dev.migrator.test.TestDatabase;
import java.nio.file.Path;
import java.util.List;

/**
 * A database with an application's tables, and the command that migrates it.
 *
 * @param database the database, of this site alone
 * @param command the command
 */
record CommandSite(TestDatabase database, Command command) implements AutoCloseable {

    /**
     * A site whose migrations lie in a folder.
     *
     * @param schema statements that make the tables
     */
    static CommandSite in(Path folder, String... schema) {
        TestDatabase database = PostgresServer.shared().createDatabase();
        database.execute(schema);
        return new CommandSite(database, new Command(folder, database));
    }

    /** The columns of a table, in alphabetical order. */
    List<String> columns(String table) {
        return database.queryStrings(
                "SELECT attname FROM pg_attribute WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped"
                        + " ORDER BY 1",
                table);
    }

    @Override
    public void close() {
        database.close();
    }
}
