package dev.migrator.examples.rolling;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One process of the application. */
final class Instance implements AutoCloseable {
    private final String name;
    private final Process process;
    private final URI address;
    private final String id;
    private final AtomicInteger open = new AtomicInteger();

    private Instance(String name, Process process, URI address, String id) {
        this.name = name;
        this.process = process;
        this.address = address;
        this.id = id;
    }

    /** Starts one, and waits until it serves. */
    static Instance start(String name, int release, String url) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-classpath",
                System.getProperty("java.class.path"),
                Shop.class.getName(),
                String.valueOf(release),
                url);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        if (line == null) {
            throw new IOException(name + " did not start");
        }
        int end = line.indexOf(' ');
        URI address = URI.create("http://localhost:" + line.substring(0, end));
        return new Instance(name, process, address, line.substring(end + 1));
    }

    String name() {
        return name;
    }

    /** As it has registered. */
    String id() {
        return id;
    }

    /** How many requests it has not answered yet. */
    AtomicInteger open() {
        return open;
    }

    URI at(String path) {
        return address.resolve(path);
    }

    /** Ends it as an orchestrator does: it closes its instance, and so is gone for the gates at once. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException(name + " does not end");
        }
    }

    /** As kill -9: it has no time for anything. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
