package dev.migrator.test.internal;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One client's connection through a proxy: two threads, one a direction, each reading whole messages.
 *
 * <p>The server's answers are told apart by counting: the k-th message that asks for ReadyForQuery is answered by
 * everything up to the k-th ReadyForQuery. So the answer to one message is dropped, and none before it.
 */
public final class ProxiedConnection implements Closeable {

    private static final int CANCEL_REQUEST = 80877102;
    private static final int SSL_REQUEST = 80877103;
    private static final int ENCRYPTION_REQUEST = 80877104;
    private static final int NEVER = Integer.MAX_VALUE;

    private final Socket client;
    private final Socket server;
    private final Gate gate;
    private final Traps traps;
    private final ClientMessages messages = new ClientMessages();
    private final AtomicInteger threads = new AtomicInteger(2);
    private Runnable whenClosed = () -> {};
    // How often the client has asked for ReadyForQuery; only the client's thread writes it.
    private int asked;
    private volatile int droppedFrom = NEVER;
    private volatile boolean clientGone;

    /** Between a client that has just connected and the server. */
    public ProxiedConnection(Socket client, Socket server, Gate gate, Traps traps) throws IOException {
        this.client = client;
        this.server = server;
        this.gate = gate;
        this.traps = traps;
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
    }

    /** Begins to forward; runs something when both sides are closed. */
    public void start(Runnable afterwards) {
        this.whenClosed = afterwards;
        startThread("client", this::forwardClient);
        startThread("server", this::forwardServer);
    }

    private interface Pump {
        void run() throws IOException;
    }

    private void startThread(String side, Pump pump) {
        Thread thread = new Thread(
                () -> {
                    try {
                        pump.run();
                    } catch (IOException closed) {
                        // One side is gone; below the other one goes, too.
                    } finally {
                        if (!clientGone || side.equals("server")) {
                            close();
                        }
                        if (threads.decrementAndGet() == 0) {
                            whenClosed.run();
                        }
                    }
                },
                "tcp-proxy-" + side + "-" + client.getPort());
        thread.setDaemon(true);
        thread.start();
    }

    private void forwardClient() throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
        OutputStream out = server.getOutputStream();
        startUp(in, out);
        while (true) {
            int type = in.read();
            if (type < 0) {
                leave();
                return;
            }
            byte[] body = body(in);
            gate.pass();
            boolean asks = ClientMessages.asksForReady((char) type);
            Optional<Traps.Kind> trap = messages.read((char) type, body).flatMap(traps::execute);
            if (trap.isPresent()) {
                if (trap.get() == Traps.Kind.CUT_BEFORE) {
                    return;
                }
                droppedFrom = Math.min(droppedFrom, asked + 1);
                clientGone |= trap.get() == Traps.Kind.CUT_WHILE_RUNNING;
            }
            asked += asks ? 1 : 0;
            out.write(message(type, body));
            if (clientGone && asks) {
                leave();
                return;
            }
        }
    }

    // The server gets an end of input, not a reset, which could make it overlook what it was sent.
    private void leave() throws IOException {
        clientGone = true;
        client.close();
        server.shutdownOutput();
    }

    private void startUp(DataInputStream in, OutputStream out) throws IOException {
        while (true) {
            byte[] body = body(in);
            gate.pass();
            int code = ByteBuffer.wrap(body).getInt();
            if (code == SSL_REQUEST || code == ENCRYPTION_REQUEST) {
                client.getOutputStream().write('N');
                continue;
            }
            out.write(ByteBuffer.allocate(body.length + 4)
                    .putInt(body.length + 4)
                    .put(body)
                    .array());
            if (code != CANCEL_REQUEST) {
                asked++;
            }
            return;
        }
    }

    private void forwardServer() throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(server.getInputStream()));
        OutputStream out = client.getOutputStream();
        int answered = 0;
        while (true) {
            int type = in.read();
            if (type < 0) {
                return;
            }
            byte[] body = body(in);
            gate.pass();
            boolean dropped = answered + 1 >= droppedFrom;
            if (!dropped && !clientGone) {
                out.write(message(type, body));
            }
            if (type == 'Z') {
                answered++;
                if (dropped && !clientGone) {
                    return;
                }
            }
        }
    }

    private static byte[] body(DataInputStream in) throws IOException {
        byte[] body = new byte[in.readInt() - 4];
        in.readFully(body);
        return body;
    }

    private static byte[] message(int type, byte[] body) {
        return ByteBuffer.allocate(body.length + 5)
                .put((byte) type)
                .putInt(body.length + 4)
                .put(body)
                .array();
    }

    @Override
    public void close() {
        for (Socket socket : new Socket[] {client, server}) {
            try {
                socket.close();
            } catch (IOException e) {
                // Closed already.
            }
        }
    }
}
