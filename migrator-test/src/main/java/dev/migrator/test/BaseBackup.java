package dev.migrator.test;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.util.List;
import java.util.Set;

/** What {@code pg_basebackup} does, which embedded builds lack: copies the files of a server on this machine while it runs. */
final class BaseBackup {

    /** Directories of which a copy has the name only: the server makes or fetches anew what is in them. */
    private static final Set<String> LEFT_EMPTY = Set.of(
            "pg_wal",
            "pg_replslot",
            "pg_stat_tmp",
            "pg_dynshmem",
            "pg_notify",
            "pg_serial",
            "pg_snapshots",
            "pg_subtrans");

    private static final Set<String> LEFT_OUT =
            Set.of("postmaster.pid", "postmaster.opts", "epg-lock", "backup_label", "pg_internal.init");

    private BaseBackup() {}

    /**
     * Copies a server's data directory. The copy needs the server's log from the beginning of the copy on.
     *
     * @param superuser a connection to the server that nobody else uses meanwhile
     * @param to an empty directory
     * @throws IllegalStateException if the server has tablespaces elsewhere
     */
    static void copy(Connection superuser, Path to) throws IOException {
        Path from = Path.of(Sql.queryValue(superuser, "SHOW data_directory"));
        boolean old = Sql.queryInt(superuser, "SELECT pg_catalog.current_setting('server_version_num')::int") < 150000;
        Sql.queryRows(
                superuser,
                old
                        ? "SELECT pg_catalog.pg_start_backup('replica', true, false)"
                        : "SELECT pg_catalog.pg_backup_start('replica', true)");
        Files.walkFileTree(from, new Copying(from, to));
        List<String> labels = Sql.queryRows(
                        superuser,
                        old
                                ? "SELECT labelfile FROM pg_catalog.pg_stop_backup(false, false)"
                                : "SELECT labelfile FROM pg_catalog.pg_backup_stop(false)")
                .get(0);
        Files.writeString(to.resolve("backup_label"), labels.get(0));
    }

    private static final class Copying extends SimpleFileVisitor<Path> {
        private final Path from;
        private final Path to;

        Copying(Path from, Path to) {
            this.from = from;
            this.to = to;
        }

        private Path target(Path file) {
            return to.resolve(from.relativize(file));
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            Files.createDirectories(target(directory));
            boolean empty = LEFT_EMPTY.contains(from.relativize(directory).toString());
            return empty ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (attributes.isSymbolicLink()) {
                throw new IllegalStateException(
                        "A copy of a server with a tablespace elsewhere would write into it: " + file);
            }
            if (!LEFT_OUT.contains(String.valueOf(file.getFileName()))) {
                try {
                    Files.copy(file, target(file));
                } catch (NoSuchFileException removedMeanwhile) {
                    // Its removal stands in the log.
                }
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }
    }
}
