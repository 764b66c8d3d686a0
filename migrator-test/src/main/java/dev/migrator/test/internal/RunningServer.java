package dev.migrator.test.internal;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** A server that accepts connections, and the superuser with which the test kit uses it. */
public interface RunningServer {

    /** The name or address at which it listens. */
    String host();

    /** The port at which it listens. */
    int port();

    /** A role that may create databases and roles. */
    String superuser();

    /** Its password; empty text where none is asked for. */
    String password();

    /** A database that exists for as long as the server does. */
    String maintenanceDatabase();

    /** Where the server writes its log, if that is a file on this machine. */
    Optional<Path> logFile();

    /** The process id of the postmaster, if it is a child of ours. */
    OptionalLong pid();

    /** Lets it run on when this JVM has ended, if it is ours, and says how it is stopped then; empty if it runs on anyway. */
    Optional<String> leaveRunning();

    /** Stops the server and removes its data, if it is ours; waits until that is done. Does nothing the second time. */
    void stop();
}
