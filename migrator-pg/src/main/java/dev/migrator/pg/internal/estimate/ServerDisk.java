package dev.migrator.pg.internal.estimate;

import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's disks, if the server runs on this very machine and its files can be seen: PostgreSQL itself tells nobody how
 * much is free. A folder of the same name in another container, or a copy of the cluster, is no proof: the folder must be of
 * the server's system identifier, and of a server that was started when this one was.
 */
public final class ServerDisk {
    private static final Logger LOG = LoggerFactory.getLogger(ServerDisk.class);
    private static final int START_LINE = 2;
    private static final long SECONDS_APART = 2;

    private final Path data;

    private ServerDisk(Path data) {
        this.data = data;
    }

    /** The disks; empty if it can't be told for certain that they are these. */
    public static Optional<ServerDisk> of(Session session) {
        return Attempt.at(
                        session,
                        () -> session.query(
                                """
                                SELECT s.setting AS folder, host(inet_server_addr()) AS address,
                                    (SELECT system_identifier FROM pg_control_system()) AS identifier,
                                    floor(extract(epoch FROM pg_postmaster_start_time()))::int8 AS started
                                FROM pg_settings AS s WHERE s.name = 'data_directory' AND s.setting IS NOT NULL
                                """))
                .flatMap(rows -> rows.stream().findFirst())
                .flatMap(ServerDisk::check);
    }

    private static Optional<ServerDisk> check(Row row) {
        try {
            Optional<String> address = row.optionalText("address");
            Path data = Path.of(row.text("folder"));
            boolean same = (address.isEmpty() || isOurs(address.get()))
                    && identifier(data) == row.number("identifier")
                    && Math.abs(started(data) - row.number("started")) <= SECONDS_APART;
            return same ? Optional.of(new ServerDisk(data)) : Optional.empty();
        } catch (IOException | InvalidPathException | NumberFormatException e) {
            LOG.debug("The server's files are not to be seen from here", e);
            return Optional.empty();
        }
    }

    private static boolean isOurs(String address) throws IOException {
        InetAddress server = InetAddress.getByName(address);
        return server.isLoopbackAddress() || NetworkInterface.getByInetAddress(server) != null;
    }

    /** The first eight bytes of the control file, in the order of the machine's. */
    private static long identifier(Path data) throws IOException {
        byte[] control = Files.readAllBytes(data.resolve("global/pg_control"));
        return ByteBuffer.wrap(Arrays.copyOf(control, Long.BYTES))
                .order(ByteOrder.nativeOrder())
                .getLong();
    }

    private static long started(Path data) throws IOException {
        List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
        return lines.size() > START_LINE ? Long.parseLong(lines.get(START_LINE).strip()) : 0;
    }

    /** The disk on which a tablespace lies; the database's own place if its location is empty. */
    public Optional<FileStore> of(String location) {
        return store(location.isEmpty() ? data : Path.of(location));
    }

    /** The disk on which the log lies. */
    public Optional<FileStore> ofWal() {
        return store(data.resolve("pg_wal"));
    }

    private static Optional<FileStore> store(Path path) {
        try {
            return Optional.of(Files.getFileStore(path.toRealPath()));
        } catch (IOException | InvalidPathException e) {
            LOG.debug("What is free at {} can't be told", path, e);
            return Optional.empty();
        }
    }
}
