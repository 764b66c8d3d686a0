package dev.migrator.cli;

import dev.migrator.Direction;
import dev.migrator.pg.BackfillStatus;
import dev.migrator.pg.MigrationStatus;
import dev.migrator.pg.RollbackStatus;
import dev.migrator.pg.ThrottleStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Where migrations stand, for people: a table, each row followed by what there is to say about it. */
final class StatusText {
    private static final List<String> HEADER =
            List.of("MIGRATION", "PHASE", "STATUS", "BACKFILL", "ROWS/S", "REMAINING", "ROLLBACK");

    private StatusText() {}

    static String of(List<MigrationStatus> all) {
        List<List<String>> rows = new ArrayList<>(List.of(HEADER));
        all.forEach(status -> rows.add(row(status)));
        int[] widths = new int[HEADER.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder(line(HEADER, widths));
        for (int i = 0; i < all.size(); i++) {
            text.append(line(rows.get(i + 1), widths));
            remarks(all.get(i)).forEach(remark -> text.append("  ")
                    .append(remark.strip().replace("\n", "\n    "))
                    .append('\n'));
        }
        return text.toString();
    }

    private static List<String> row(MigrationStatus status) {
        boolean back = status.position().direction() == Direction.ROLLING_BACK;
        return List.of(
                status.id(),
                status.position().phase().name(),
                status.position().status() + (back ? " (rolling back)" : ""),
                status.backfill().map(StatusText::share).orElse("-"),
                status.backfill()
                        .flatMap(BackfillStatus::rowsPerSecond)
                        .map(rate -> String.format(Locale.ROOT, "%,.0f", rate))
                        .orElse("-"),
                status.backfill()
                        .flatMap(BackfillStatus::etaSeconds)
                        .map(seconds -> duration(Duration.ofSeconds(seconds)))
                        .orElse("-"),
                status.updatedAt().isPresent() ? status.rollback().how() : "-");
    }

    private static String share(BackfillStatus backfill) {
        long percent = backfill.blocksTotal() == 0 ? 100 : backfill.blocksDone() * 100 / backfill.blocksTotal();
        return String.format(
                Locale.ROOT, "%d %%, %,d %s", percent, backfill.rows(), backfill.rows() == 1 ? "row" : "rows");
    }

    private static String duration(Duration time) {
        long hours = time.toHours();
        if (hours > 0) {
            return hours + " h " + time.toMinutesPart() + " min";
        }
        return time.toMinutes() > 0
                ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
                : time.toSeconds() + " s";
    }

    private static String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            line.append(cell).append(" ".repeat(widths[i] - cell.length() + 2));
        }
        return line.toString().stripTrailing() + "\n";
    }

    private static String throttle(ThrottleStatus throttle) {
        String pace = throttle.pace().equals(ThrottleStatus.SLOW)
                ? String.format(Locale.ROOT, "slowed down by %.1f", throttle.factor())
                : "stopped" + throttle.until().map(until -> " until " + until).orElse("");
        return pace + ", " + throttle.reason();
    }

    private static List<String> remarks(MigrationStatus status) {
        List<String> remarks = new ArrayList<>();
        status.waiting().forEach(waiting -> remarks.add("waits for " + waiting.gate() + ": " + waiting.reason()));
        status.gates().stream()
                .filter(gate -> !status.waiting().isEmpty() && gate.answer().open())
                .forEach(gate -> remarks.add(
                        "gate " + gate.gate() + " is open: " + gate.answer().reason()));
        status.error().ifPresent(error -> remarks.add("error: " + error));
        status.retiredUses()
                .forEach(use -> remarks.add(String.format(
                        Locale.ROOT,
                        "retired and still named by release %s (%s, application %s), %,d times, at last %s: %s",
                        use.release().isEmpty() ? "without a name" : use.release(),
                        use.role(),
                        use.application(),
                        use.times(),
                        use.lastAt(),
                        use.message())));
        status.backfill()
                .flatMap(BackfillStatus::throttle)
                .filter(throttle -> !throttle.pace().equals(ThrottleStatus.NORMAL))
                .ifPresent(throttle -> remarks.add("throttle: " + throttle(throttle)));
        status.backfill().stream()
                .flatMap(backfill -> backfill.workers().stream())
                .flatMap(worker -> worker.notes().stream())
                .distinct()
                .forEach(remarks::add);
        if (!status.knobs().isEmpty()) {
            remarks.add("tuned: "
                    + status.knobs().entrySet().stream()
                            .map(knob -> knob.getKey() + "=" + knob.getValue())
                            .collect(Collectors.joining(", ")));
        }
        status.backfill()
                .filter(backfill -> backfill.skipped() + backfill.failedRows() > 0)
                .ifPresent(backfill -> remarks.add(String.format(
                        Locale.ROOT,
                        "%,d rows were passed over because somebody held them, %,d failed",
                        backfill.skipped(),
                        backfill.failedRows())));
        status.failedRows().forEach(row -> remarks.add("failed row " + FailedCommand.line(row)));
        status.backfill()
                .flatMap(BackfillStatus::freshness)
                .filter(freshness -> freshness.entries() > 0)
                .ifPresent(freshness -> remarks.add(String.format(
                        Locale.ROOT,
                        "%,d rows wait to be computed, the oldest for %,d s",
                        freshness.entries(),
                        freshness.oldestSeconds())));
        status.backfill()
                .filter(backfill -> backfill.failedRows() > status.failedRows().size())
                .ifPresent(backfill -> remarks.add(String.format(
                        Locale.ROOT, "all %,d failed rows: migrator failed %s", backfill.failedRows(), status.id())));
        RollbackStatus rollback = status.rollback();
        if (status.updatedAt().isPresent() && !rollback.how().equals(RollbackStatus.INSTANT)) {
            remarks.add("rollback " + rollback.how() + ": " + rollback.reason());
        }
        return remarks;
    }
}
