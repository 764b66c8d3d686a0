package dev.migrator.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The statements of the backfill in a server's log, as {@code auto_explain} has written them.
 *
 * @param batches those that fill, the fastest first
 */
record ExplainedBatches(List<Batch> batches) {

    /** An entry begins with a time and a process; its further lines with a tab. */
    private static final Pattern ENTRY = Pattern.compile("(?m)^\\d{4}-\\d\\d-\\d\\d .*(?:\\n\\t.*)*");

    private static final Pattern PLAN = Pattern.compile("duration: ([0-9.]+) ms  plan:");
    private static final Pattern FILLS = Pattern.compile("(?m)^\\s.*\\bUpdate on items\\b");

    /**
     * One of them.
     *
     * @param milliseconds how long it took
     * @param text what the log says
     */
    record Batch(double milliseconds, String text) {}

    /** Those in a log, from a place on. */
    static ExplainedBatches in(Path log, long from) throws IOException {
        return of(text(log, from));
    }

    static ExplainedBatches of(String log) {
        List<Batch> found = new ArrayList<>();
        Matcher entry = ENTRY.matcher(log);
        while (entry.find()) {
            Matcher plan = PLAN.matcher(entry.group());
            if (plan.find() && FILLS.matcher(entry.group()).find()) {
                found.add(new Batch(Double.parseDouble(plan.group(1)), entry.group()));
            }
        }
        found.sort(Comparator.comparingDouble(Batch::milliseconds));
        return new ExplainedBatches(List.copyOf(found));
    }

    private static String text(Path log, long from) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(log)) {
            channel.position(from);
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size() - from));
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // until all is read
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        }
    }

    /** The one of the median time. */
    Optional<String> middle() {
        return batches.isEmpty()
                ? Optional.empty()
                : Optional.of(batches.get(batches.size() / 2).text());
    }

    Map<String, Double> figures() {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("batches", (double) batches.size());
        if (!batches.isEmpty()) {
            figures.put("batch ms, median", batches.get(batches.size() / 2).milliseconds());
            figures.put("batch ms, longest", batches.get(batches.size() - 1).milliseconds());
            figures.put(
                    "s in batches",
                    batches.stream().mapToDouble(Batch::milliseconds).sum() / 1e3);
        }
        return figures;
    }
}
