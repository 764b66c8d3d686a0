package dev.migrator.plan;

import dev.migrator.Gate;
import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.Phase;
import java.util.List;
import java.util.Locale;

/** A plan for people: per phase its gates and steps, each with its SQL, its lock and what that blocks, and its undo. */
public final class PlanText {
    private static final String INDENT = "      ";
    private static final int LINES_OF_UNDO = 3;

    private final StringBuilder text = new StringBuilder();

    private final int linesOfUndo;

    private final List<Estimate> estimates;

    private PlanText(int linesOfUndo, List<Estimate> estimates) {
        this.linesOfUndo = linesOfUndo;
        this.estimates = estimates;
    }

    /**
     * The whole plan of a migration, with what preflight found and the gates between the phases.
     *
     * @param migration the migration
     * @param plan its plan
     * @return lines, each ended by a line feed
     */
    public static String of(Migration migration, Plan plan) {
        PlanText printer = new PlanText(LINES_OF_UNDO, plan.estimates());
        printer.line("Migration " + plan.migration()
                + migration.description().map(words -> ": " + words).orElse(""));
        plan.tables().forEach(printer::table);
        plan.disks().forEach(printer::disk);
        plan.findings().forEach(finding -> printer.line("  " + finding.severity() + " " + finding));
        boolean narrows = migration.operations().stream().anyMatch(operation -> operation.narrows());
        for (Phase phase : Phase.values()) {
            printer.phase(phase, migration.gates().before(phase, narrows), plan.steps(phase));
        }
        return printer.text.toString();
    }

    /**
     * The steps alone, as golden files hold them.
     *
     * @param plan the plan
     * @return lines, each ended by a line feed
     */
    public static String steps(Plan plan) {
        PlanText printer = new PlanText(Integer.MAX_VALUE, List.of());
        for (Phase phase : Phase.values()) {
            printer.phase(phase, List.of(), plan.steps(phase));
        }
        return printer.text.toString();
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private void table(TableEstimate table) {
        String rows = table.rows() < 0
                ? "rows not known, it was never analyzed"
                : String.format(Locale.ROOT, "about %,d rows", table.rows());
        line("  table " + table.table().quoted() + ": " + rows + ", " + size(table.bytes()) + " with indexes");
        if (!table.dependents().isEmpty()) {
            line("    surrounded by: " + String.join(", ", table.dependents()));
        }
    }

    private void disk(DiskNeed need) {
        String free = need.free().isPresent()
                ? Sizes.bytes(need.free().getAsLong()) + " free"
                : "free space unknown (--free-space tells it)";
        line("  disk, " + need.place() + ": about +" + Sizes.bytes(need.bytes())
                + ", wanted free with reserve and WAL: " + Sizes.bytes(need.required()) + "; " + free);
    }

    private void estimate(Estimate estimate) {
        boolean fills = !estimate.time().isZero();
        line("    takes: " + String.format(Locale.ROOT, "about %,d rows", estimate.rows())
                + (fills ? ", " + Sizes.time(estimate.time()) : "") + ", "
                + Sizes.bytes(estimate.walBytes()) + " of WAL, +" + Sizes.bytes(estimate.extraBytes())
                + " on disk (" + estimate.basis() + ")");
    }

    private static String size(long bytes) {
        String[] units = {"bytes", "kB", "MB", "GB"};
        int unit = 0;
        long size = bytes;
        while (size >= 10 * 1024 && unit < units.length - 1) {
            size = Math.round(size / 1024.0);
            unit++;
        }
        return String.format(Locale.ROOT, "%,d %s", size, units[unit]);
    }

    private static String gate(Gate gate) {
        return GateText.of(gate);
    }

    private void phase(Phase phase, List<Gate> gates, List<Step> steps) {
        line("");
        String before = gates.isEmpty()
                ? ""
                : " (begins when these gates are open: "
                        + String.join(", ", gates.stream().map(PlanText::gate).toList()) + ")";
        line(phase + before);
        if (steps.isEmpty()) {
            line("  nothing to do");
        }
        steps.forEach(this::step);
    }

    private void step(Step step) {
        line("  " + step.ordinal() + ". " + step.title());
        line("    lock: " + locks(step.action()));
        estimates.stream().filter(estimate -> estimate.step() == step.ordinal()).forEach(this::estimate);
        action(step.action(), Integer.MAX_VALUE);
        if (!step.doneWhen().isEmpty()) {
            line("    done when: " + step.doneWhen());
        }
        line("    undo: " + undo(step.undo()));
        if (!(step.undo() instanceof Action.Nothing || step.undo() instanceof Action.Irreversible)) {
            action(step.undo(), linesOfUndo);
        }
    }

    private static String undo(Action undo) {
        if (undo instanceof Action.Irreversible irreversible) {
            return "none. " + irreversible.reason();
        }
        return undo instanceof Action.Nothing ? "nothing is to be undone" : locks(undo);
    }

    private static String locks(Action action) {
        List<TableLock> locks = Step.locksOf(action);
        if (action instanceof Action.Script || (locks.isEmpty() && action instanceof Action.Transaction)) {
            return "what the statements take; the migrator does not know";
        }
        if (locks.isEmpty()) {
            return "none";
        }
        List<String> parts = locks.stream()
                .map(lock -> lock + " (blocks " + lock.mode().blocks() + held(action, lock) + ")")
                .toList();
        return String.join(", ", parts);
    }

    private static String held(Action action, TableLock lock) {
        if (!lock.mode().hurtsApplications()) {
            return "";
        }
        return action instanceof Action.Transaction || action instanceof Action.CatchUp
                ? ", for the moment of one short transaction"
                : "";
    }

    private void action(Action action, int most) {
        if (action instanceof Action.Transaction transaction) {
            sql(transaction.statements(), most);
        } else if (action instanceof Action.Scan scan) {
            sql(scan.statements(), most);
        } else if (action instanceof Action.BuildIndex build) {
            sql(
                    List.of("CREATE " + (build.unique() ? "UNIQUE " : "") + "INDEX CONCURRENTLY "
                            + build.name().quoted() + " ON " + build.table().quoted() + " " + build.definition()),
                    most);
        } else if (action instanceof Action.DropIndex drop) {
            sql(
                    List.of("DROP INDEX CONCURRENTLY " + drop.table().schema().quoted() + "."
                            + drop.name().quoted()),
                    most);
        } else if (action instanceof Action.Backfill backfill
                && backfill.computation().isPresent()) {
            computed(backfill.computation().get());
            line(INDENT + "in small batches"
                    + (backfill.skipsUserTriggers() ? ", without the table's own triggers" : ""));
        } else if (action instanceof Action.CatchUp catchUp) {
            computed(catchUp.computation());
            line(INDENT + "until nothing is pending, and then:");
            sql(catchUp.statements(), most);
        } else if (action instanceof Action.Backfill backfill) {
            sql(
                    List.of("UPDATE " + backfill.table().quoted() + " SET " + backfill.assignments() + " WHERE "
                            + backfill.pending() + " -- in small batches"
                            + (backfill.skipsUserTriggers() ? ", without the table's own triggers" : "")),
                    most);
        } else if (action instanceof Action.Compare compare) {
            compare.rules().forEach(rule -> line(INDENT + "no row may be: " + rule.name()));
        } else if (action instanceof Action.Script script) {
            sql(script.statements(), most);
        } else if (action instanceof Action.Require require) {
            line(INDENT + "must be true: " + require.query());
        }
    }

    private void computed(Action.Computation computation) {
        List<String> inputs =
                computation.inputs().stream().map(Identifier::quoted).toList();
        line(INDENT + "the application's transform " + computation.transform() + " computes "
                + computation.column().quoted() + " from " + String.join(", ", inputs));
    }

    private void sql(List<String> statements, int most) {
        for (String statement : statements) {
            List<String> lines = (statement + ";").lines().toList();
            lines.stream().limit(most).forEach(line -> line(INDENT + line));
            if (lines.size() > most) {
                line(INDENT + "  … " + (lines.size() - most) + " more lines");
            }
        }
    }
}
