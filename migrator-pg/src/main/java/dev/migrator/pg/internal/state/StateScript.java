package dev.migrator.pg.internal.state;

import dev.migrator.Identifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Statement;
import java.util.zip.CRC32;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;

/**
 * A script of the state schema, named as Flyway names them, as one migration of Flyway's.
 *
 * <p>Read here rather than found by Flyway: on the module path its scanner can't see into this module, on the class path it
 * would find the application's migrations, resolvers and callbacks as well.
 */
final class StateScript implements JavaMigration {
    private static final String PLACEHOLDER = "${schema}";

    /** Stands around the bodies of functions, so that it must not occur in what the placeholder is replaced by. */
    static final String DOLLAR_TAG = "$fn$";

    private final MigrationVersion version;
    private final String description;
    private final String text;
    private final Identifier schema;

    /**
     * A script in the folder {@code dev/migrator/pg/state}.
     *
     * @param name {@code V<version>__<description>.sql}
     */
    StateScript(String name, Identifier schema) {
        int underscores = name.indexOf("__");
        this.version = MigrationVersion.fromVersion(name.substring(1, underscores));
        this.description =
                name.substring(underscores + 2, name.length() - ".sql".length()).replace('_', ' ');
        this.text = read("/dev/migrator/pg/state/" + name);
        this.schema = schema;
    }

    private static String read(String resource) {
        try (InputStream stream = StateScript.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException("The library is not whole: " + resource + " is missing");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public MigrationVersion getVersion() {
        return version;
    }

    @Override
    public String getDescription() {
        return description;
    }

    @Override
    public Integer getChecksum() {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue();
    }

    @Override
    public boolean canExecuteInTransaction() {
        return true;
    }

    @Override
    public void migrate(Context context) throws Exception {
        try (Statement statement = context.getConnection().createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(text.replace(PLACEHOLDER, schema.quoted()));
        }
    }
}
