package dev.migrator.pg.internal.release;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Connections of which each transaction begins at the entrance. */
public final class EnteringDataSource implements DataSource {
    private final DataSource source;
    private final Entrance entrance;
    private final RetiredNames retired;
    private final StatementUses uses;
    private final PreparedBefore prepared = new PreparedBefore();

    /**
     * Over another one.
     *
     * @param source where connections come from
     * @param entrance where transactions begin
     * @param retired told of statements that have failed
     * @param uses told of statements
     */
    public EnteringDataSource(DataSource source, Entrance entrance, RetiredNames retired, StatementUses uses) {
        this.source = source;
        this.entrance = entrance;
        this.retired = retired;
        this.uses = uses;
    }

    /** The instance is at its end: no transaction begins any more. */
    public void close() {
        entrance.close();
    }

    @Override
    public Connection getConnection() throws SQLException {
        return EnteringConnection.over(source.getConnection(), entrance, prepared, retired, uses);
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException(
                "Connections of an instance are those of one user, as which it has registered.");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return type.isInstance(this) ? type.cast(this) : source.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || source.isWrapperFor(type);
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return source.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        source.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        source.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return source.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return source.getParentLogger();
    }
}
