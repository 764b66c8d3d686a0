package dev.migrator.test;

import dev.migrator.test.internal.Gate;
import dev.migrator.test.internal.ProxiedConnection;
import dev.migrator.test.internal.Traps;
import dev.migrator.test.internal.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a client and the server and breaks the line at a chosen message: what a {@link FaultyDataSource} can't do
 * when a whole transaction travels in one message.
 *
 * <p>It understands the protocol as far as it needs to: the statement that a message executes, also when it was prepared
 * earlier, and the message with which the server says that it is ready again. It refuses encryption, which pgjdbc does
 * without unless told otherwise.
 *
 * <pre>{@code
 * try (TcpProxy proxy = TcpProxy.inFrontOf(db.server())) {
 *     proxy.dropAnswerOf("COMMIT", 1);
 *     assertThatThrownBy(() -> run(db.dataSource(proxy)));     // the server has committed, the client can't know
 *     assertThat(proxy.fired()).isTrue();
 * }
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {

    private final String serverHost;
    private final int serverPort;
    private final ServerSocket listener;
    private final Gate gate = new Gate();
    private final Traps traps = new Traps();
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private TcpProxy(String serverHost, int serverPort) throws IOException {
        this.serverHost = serverHost;
        this.serverPort = serverPort;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::accept, "tcp-proxy-" + listener.getLocalPort());
        thread.setDaemon(true);
        thread.start();
    }

    /** A proxy for a server; {@link TestDatabase#dataSource(TcpProxy)} goes through it. */
    public static TcpProxy inFrontOf(PostgresServer server) {
        return inFrontOf(server.host(), server.port());
    }

    /** A proxy for the server at an address. */
    public static TcpProxy inFrontOf(String host, int port) {
        try {
            return new TcpProxy(host, port);
        } catch (IOException e) {
            throw new UncheckedIOException("Can't listen for clients of " + host + ":" + port, e);
        }
    }

    /** Where it listens. */
    public String host() {
        return listener.getInetAddress().getHostAddress();
    }

    /** Where it listens. */
    public int port() {
        return listener.getLocalPort();
    }

    /**
     * At the n-th execution from now of SQL that contains a text, lets the server finish, then closes the connection
     * instead of passing the answer on. When the client sees the connection break, the server is done.
     */
    public void dropAnswerOf(String text, int n) {
        traps.add(text, n, Traps.Kind.DROP_ANSWER);
    }

    /**
     * At the n-th execution from now of SQL that contains a text, sends it on and closes the client's connection at once,
     * while the server may still be at work: what is left of a client that was killed in the middle of a statement.
     */
    public void cutWhileRunning(String text, int n) {
        traps.add(text, n, Traps.Kind.CUT_WHILE_RUNNING);
    }

    /** At the n-th execution from now of SQL that contains a text, closes the connection without sending it on. */
    public void cutBefore(String text, int n) {
        traps.add(text, n, Traps.Kind.CUT_BEFORE);
    }

    /** Whether all that was asked for has happened. */
    public boolean fired() {
        return traps.fired();
    }

    /** The SQL of the messages that the server was sent to execute, in order. */
    public List<String> executed() {
        return traps.executed();
    }

    /** Stops forwarding, in both directions and for new connections as well; they stay open. */
    public void pause() {
        gate.shut();
    }

    /** Waits until a message is held up by the pause. */
    public void awaitHeldUp() {
        Waiting.until(Duration.ofSeconds(30), () -> "nothing to forward in " + this, () -> gate.waiting() > 0);
    }

    /** Goes on forwarding. */
    public void resume() {
        gate.open();
    }

    /** Closes all connections now; new ones are accepted. */
    public void cut() {
        connections.forEach(ProxiedConnection::close);
    }

    /** How many connections are open now. */
    public int connections() {
        return connections.size();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listener.accept();
                try {
                    ProxiedConnection connection =
                            new ProxiedConnection(client, new Socket(serverHost, serverPort), gate, traps);
                    connections.add(connection);
                    connection.start(() -> connections.remove(connection));
                    if (closed) {
                        connection.close();
                    }
                } catch (IOException noServer) {
                    // The client learns it as it would without us.
                    client.close();
                }
            } catch (IOException e) {
                // The listener was closed, or a client went away at once; the loop's condition tells which.
            }
        }
    }

    /** Closes all connections and stops listening. */
    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Can't stop listening on port " + port(), e);
        } finally {
            gate.open();
            cut();
        }
    }

    @Override
    public String toString() {
        return "proxy on port %d for %s:%d".formatted(port(), serverHost, serverPort);
    }
}
