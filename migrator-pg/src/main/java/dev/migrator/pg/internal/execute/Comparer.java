package dev.migrator.pg.internal.execute;

import dev.migrator.Identifier;
import dev.migrator.engine.CompareReport;
import dev.migrator.engine.ErrorClass;
import dev.migrator.engine.Pace;
import dev.migrator.engine.Progress;
import dev.migrator.engine.StepControl;
import dev.migrator.engine.StepFailure;
import dev.migrator.engine.StepState;
import dev.migrator.pg.internal.backfill.Leaf;
import dev.migrator.pg.internal.backfill.RewrittenException;
import dev.migrator.pg.internal.backfill.TidRange;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.RowName;
import dev.migrator.pg.internal.sql.Session;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.state.StateSql;
import dev.migrator.pg.internal.transact.ExecutorSettings;
import dev.migrator.pg.internal.transact.Failures;
import dev.migrator.pg.internal.transact.Ladder;
import dev.migrator.pg.internal.transact.Message;
import dev.migrator.pg.internal.transact.Task;
import dev.migrator.pg.internal.transact.TransactionRunner;
import dev.migrator.pg.internal.transact.Way;
import dev.migrator.plan.Action;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/**
 * Reads every row of a table, range by range, and looks for those that break a rule. Read-only; holds a snapshot for no longer
 * than a range takes. A table that is rewritten meanwhile is read anew.
 *
 * <p>A row that is written while its table is read may be met twice or, having moved to a place that was passed already, not at
 * all: but a row that is written is compared by the sync trigger.
 */
final class Comparer {
    private static final int BLOCKS = 5000;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int MOST_EXAMPLES = 20;

    private static final StepControl NO_CONTROL = new StepControl() {
        @Override
        public void checkpoint() {}

        @Override
        public void progress(Progress progress) {}
    };

    private final DataSource source;
    private final StateSql sql;
    private final TransactionRunner transactions;
    private final ExecutorSettings settings;
    private final Pace pace;

    Comparer(DataSource source, StateSql sql, TransactionRunner transactions, ExecutorSettings settings, Pace pace) {
        this.source = source;
        this.sql = sql;
        this.transactions = transactions;
        this.settings = settings;
        this.pace = pace;
    }

    /** Proves that no row breaks a rule, and records the step. */
    void run(Task task, Action.Compare compare) {
        Comparison result = compare(compare, task.step().title(), task.control());
        if (result.violations() > 0) {
            throw Failures.permanent(
                    "",
                    "comparison of " + compare.table() + ": of " + result.rows() + " rows, these break a rule:\n"
                            + result.report() + "\nNothing was changed; the phase does not go on. "
                            + result.remedy(compare)
                            + (task.way() == Way.FORWARD ? ", then run migrate again." : ", then roll back again."));
        }
        transactions.record(task);
    }

    /** Compares what the newest comparison that applies now would compare; records nothing. */
    CompareReport compare(List<StepState> steps, StepControl control) {
        return report(Comparisons.applicable(steps), control);
    }

    /** Looks for rows that the retired shape can't hold; records nothing. */
    CompareReport outgrown(List<StepState> steps) {
        return report(Comparisons.outgrown(steps), NO_CONTROL);
    }

    private CompareReport report(List<Action.Compare> comparisons, StepControl control) {
        long rows = 0;
        long violations = 0;
        List<String> examples = new ArrayList<>();
        for (Action.Compare compare : comparisons) {
            Comparison result = compare(compare, "compare the rows of " + compare.table(), control);
            rows += result.rows();
            violations += result.violations();
            examples.addAll(result.examples(compare));
        }
        return new CompareReport(rows, violations, examples);
    }

    private Comparison compare(Action.Compare compare, String title, StepControl control) {
        Comparison all = new Comparison();
        List<Leaf> leaves = Session.with(source, session -> Leaf.of(session, compare.table()));
        long total = leaves.stream().mapToLong(Leaf::blocks).sum();
        long done = 0;
        for (Leaf first : leaves) {
            long before = done;
            Leaf leaf = first;
            while (true) {
                try {
                    all.add(compareLeaf(
                            compare,
                            leaf,
                            control::checkpoint,
                            (blocks, rows) -> control.progress(
                                    new Progress(title, Math.min(total, before + blocks), total, all.rows() + rows))));
                    break;
                } catch (RewrittenException e) {
                    leaf = Session.with(source, session -> Leaf.of(session, first.name())).stream()
                            .findFirst()
                            .orElse(first);
                }
            }
            done += first.blocks();
        }
        return all;
    }

    /** Is told how many blocks of a leaf are compared, and how many rows were in them: at first and after each range. */
    private interface Watcher {
        void compared(long blocks, long rows);
    }

    private Comparison compareLeaf(Action.Compare compare, Leaf leaf, Runnable checkpoint, Watcher watcher) {
        Comparison found = new Comparison();
        watcher.compared(0, 0);
        for (long from = 0; from < leaf.blocks(); from += BLOCKS) {
            TidRange range = TidRange.blocks(from, Math.min(leaf.blocks(), from + BLOCKS));
            Row counts =
                    read(leaf, checkpoint, countQuery(compare, leaf, range)).get(0);
            found.looked(counts.number("all_rows"));
            for (int i = 0; i < compare.rules().size(); i++) {
                Action.Violation rule = compare.rules().get(i);
                long violations = counts.number("v" + i);
                if (violations > 0) {
                    List<Row> rows = found.hasEnoughExamples(rule.name())
                            ? List.of()
                            : read(leaf, checkpoint, exampleQuery(compare, leaf, range, rule));
                    found.found(
                            rule.name(),
                            violations,
                            rows.stream().map(row -> row.text("name")).toList());
                }
            }
            watcher.compared(range.toBlock(), found.rows());
        }
        return found;
    }

    private List<Row> read(Leaf leaf, Runnable checkpoint, String query) {
        Ladder ladder = new Ladder(settings, List.of(), Optional.of(settings.lockDeadline()));
        while (true) {
            checkpoint.run();
            Duration pause;
            try (Session session = Session.open(source)) {
                return Message.limitedTo(LIMIT)
                        .then("SET TRANSACTION READ ONLY")
                        .set("row_security", "off")
                        .then(leaf.lock("ACCESS SHARE"))
                        .then(sql.sameFile(leaf.oid(), leaf.filenode()))
                        .then(query)
                        .send(session);
            } catch (SQLException e) {
                pause = pauseAfter(leaf, ladder, e);
            }
            ladder.checkDeadline();
            pace.pause(pause);
            ladder.spend(pause);
        }
    }

    private static Duration pauseAfter(Leaf leaf, Ladder ladder, SQLException e) {
        if (SqlErrors.state(e).equals(SqlErrors.REWRITTEN)) {
            throw new RewrittenException(leaf);
        } else if (SqlErrors.whileWorking(e) == ErrorClass.PERMANENT) {
            throw Failures.permanent(
                    SqlErrors.state(e),
                    "the rows of " + leaf.name() + " could not be compared: " + SqlErrors.describe(e)
                            + " Nothing was changed. Mend what it says, then run it again.",
                    e);
        } else if (!Failures.isWorthAnotherTry(e)) {
            // It only reads: whatever became of it, nothing happened.
            throw new StepFailure(ErrorClass.TRANSIENT, SqlErrors.state(e), SqlErrors.describe(e), Optional.of(e));
        }
        return ladder.pauseAfter(e, Duration.ZERO);
    }

    private static String from(Action.Compare compare, Leaf leaf) {
        return "ONLY " + leaf.name().quoted() + " AS " + compare.table().name().quoted();
    }

    private static String countQuery(Action.Compare compare, Leaf leaf, TidRange range) {
        StringBuilder query = new StringBuilder("SELECT pg_catalog.count(*) AS all_rows");
        IntStream.range(0, compare.rules().size())
                .forEach(i -> query.append(",\n    pg_catalog.count(*) FILTER (WHERE ")
                        .append(compare.rules().get(i).condition())
                        .append("\n) AS v")
                        .append(i));
        return query.append("\nFROM ")
                .append(from(compare, leaf))
                .append("\nWHERE ")
                .append(range.condition(compare.table().name().quoted() + ".ctid"))
                .toString();
    }

    private static String exampleQuery(Action.Compare compare, Leaf leaf, TidRange range, Action.Violation rule) {
        String alias = compare.table().name().quoted();
        return "SELECT " + RowName.of(leaf.name(), key(compare, leaf), alias) + " AS name\nFROM " + from(compare, leaf)
                + "\nWHERE " + range.condition(alias + ".ctid") + " AND (" + rule.condition() + "\n) LIMIT "
                + MOST_EXAMPLES;
    }

    /** The primary key as it is now, if there is one: what the plan knew of it may have another name since CONTRACT. */
    private static List<Identifier> key(Action.Compare compare, Leaf leaf) {
        return leaf.key().isEmpty() ? compare.key() : leaf.key();
    }
}
