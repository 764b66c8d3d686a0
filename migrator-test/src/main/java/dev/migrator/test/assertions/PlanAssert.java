package dev.migrator.test.assertions;

import dev.migrator.plan.Finding;
import dev.migrator.plan.LockMode;
import dev.migrator.plan.Plan;
import dev.migrator.plan.PlanText;
import dev.migrator.plan.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractAssert;

/** Assertions on a plan, before anything is done. */
public final class PlanAssert extends AbstractAssert<PlanAssert, Plan> {

    /** The system property that writes snapshots instead of comparing with them: {@code -Dmigrator.test.snapshots=write}. */
    public static final String SNAPSHOTS = "migrator.test.snapshots";

    /** How long a try of a step waits for its locks, and writes behind it. */
    public static final Duration LONGEST_WAIT = Duration.ofMillis(200);

    /** How long the statements of a step may take under locks that stop writes. */
    public static final Duration LONGEST_HOLD = Duration.ofSeconds(1);

    PlanAssert(Plan actual) {
        super(actual, PlanAssert.class);
    }

    /**
     * No step can stop writes for longer, by the engine's limits: a try waits for its locks for {@link #LONGEST_WAIT}, and what it does
     * under them is ended after {@link #LONGEST_HOLD}. On a partitioned table the server counts the wait anew for each partition;
     * there the engine ends it after twice as long for each lock of the step, which a plan does not tell and this bound leaves out. What
     * it really takes, which is far less, {@link LockTraceAssert#stoppedWritesForAtMost} measures. Fails, too, if the plan has
     * statements of the user's own, whose locks are not known.
     *
     * @param limit how long writes may have to wait, at a time
     */
    public PlanAssert blocksWritesForAtMost(Duration limit) {
        return blocksWritesForAtMost(limit, LONGEST_WAIT);
    }

    /**
     * As {@link #blocksWritesForAtMost(Duration)}, where the migrator is built with {@code maxStall}.
     *
     * @param limit how long writes may have to wait, at a time
     * @param maxStall how long a try waits for its locks
     */
    public PlanAssert blocksWritesForAtMost(Duration limit, Duration maxStall) {
        isNotNull();
        noScripts("may block writes for a time that is not known");
        Duration bound = maxStall.plus(LONGEST_HOLD);
        List<Step> stopping =
                steps(step -> step.locks().stream().anyMatch(lock -> lock.mode().hurtsApplications()));
        if (!stopping.isEmpty() && bound.compareTo(limit) > 0) {
            failWithMessage(
                    "By the engine's limits writes may wait up to %d ms at a time, more than %d ms, for these steps (what they take on"
                            + " this schema, assertThat(LockTrace.of(database)).stoppedWritesForAtMost(…) measures):\n%s",
                    bound.toMillis(), limit.toMillis(), lines(stopping));
        }
        return this;
    }

    /** No step rewrites a table. Fails, too, if the plan has statements of the user's own, of which that is not known. */
    public PlanAssert rewritesNoTable() {
        isNotNull();
        noScripts("may rewrite tables");
        return this;
    }

    private void noScripts(String what) {
        List<Step> scripts = steps(step -> step.operation().stream().anyMatch(path -> path.endsWith(".sql")));
        if (!scripts.isEmpty()) {
            failWithMessage(
                    "Statements of the operation sql %s; the plan does not look into them:\n%s", what, lines(scripts));
        }
    }

    /** No step takes a lock of this mode or a stronger one. Fails, too, if the plan has statements of the user's own. */
    public PlanAssert takesNoLockAsStrongAs(LockMode mode) {
        isNotNull();
        noScripts("may take locks that are not known");
        List<Step> taking =
                steps(step -> step.locks().stream().anyMatch(lock -> lock.mode().compareTo(mode) >= 0));
        if (!taking.isEmpty()) {
            failWithMessage("These steps take %s or more:\n%s", mode.sql(), lines(taking));
        }
        return this;
    }

    /** Preflight has found nothing that a person should decide about. To be asked before the migration begins. */
    public PlanAssert hasNoWarnings() {
        isNotNull();
        if (actual.tables().isEmpty() && !steps(step -> !step.locks().isEmpty()).isEmpty()) {
            failWithMessage(
                    "This plan is the recorded one of a migration that has begun, and warnings are not recorded: ask"
                            + " before EXPAND.");
        }
        List<Finding> warnings = actual.findings().stream()
                .filter(finding -> finding.severity() == Finding.Severity.WARNING)
                .toList();
        if (!warnings.isEmpty()) {
            failWithMessage(
                    "Preflight warns:\n%s",
                    warnings.stream()
                            .map(Finding::toString)
                            .collect(Collectors.joining("\n"))
                            .indent(2));
        }
        return this;
    }

    /**
     * The plan's steps are those in a file, so that a review sees when they change. {@code -Dmigrator.test.snapshots=write} writes
     * the file. Expressions in it are as one major version of PostgreSQL prints them: take it on one version.
     */
    public PlanAssert matchesSnapshot(Path file) {
        isNotNull();
        String text = PlanText.steps(actual);
        try {
            if ("write".equals(System.getProperty(SNAPSHOTS))) {
                Files.createDirectories(file.toAbsolutePath().getParent());
                Files.writeString(file, text);
            }
            if (!Files.exists(file)) {
                failWithMessage(
                        "There is no snapshot %s yet. Write it with -D%s=write, look at it, and commit it.",
                        file.toAbsolutePath(), SNAPSHOTS);
            }
            String before = Files.readString(file);
            if (!before.equals(text)) {
                throw failureWithActualExpected(
                        text,
                        before,
                        "The plan is not the one in %s. If that is meant, write it anew with -D%s=write and let it be reviewed.\n%s",
                        file,
                        SNAPSHOTS,
                        firstDifference(before, text));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Can't use the snapshot " + file, e);
        }
        return this;
    }

    private static String firstDifference(String before, String now) {
        List<String> was = before.lines().toList();
        List<String> is = now.lines().toList();
        int line = 0;
        while (line < was.size() && line < is.size() && was.get(line).equals(is.get(line))) {
            line++;
        }
        return "line %d was: %s%nline %d is:  %s".formatted(line + 1, at(was, line), line + 1, at(is, line));
    }

    private static String at(List<String> lines, int line) {
        return line < lines.size() ? lines.get(line) : "(the end)";
    }

    private List<Step> steps(Predicate<Step> which) {
        return actual.steps().stream().filter(which).toList();
    }

    private static String lines(List<Step> steps) {
        return steps.stream()
                .map(step ->
                        "  %s, step %d: %s, %s".formatted(step.phase(), step.ordinal(), step.title(), step.locks()))
                .collect(Collectors.joining("\n"));
    }
}
