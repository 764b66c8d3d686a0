package dev.migrator.pg.internal.execute;

import dev.migrator.Phase;
import dev.migrator.QualifiedName;
import dev.migrator.engine.StepState;
import dev.migrator.engine.StepStatus;
import dev.migrator.plan.Action;
import dev.migrator.plan.Effect;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which of the recorded comparisons say something of the rows as they are now; one a table, so that it is read once. */
public final class Comparisons {
    private Comparisons() {}

    /**
     * For each table the comparisons that hold now: those after CONTRACT's exchange once it is done, with what the retired
     * shape can't hold; before that those of VALIDATE; none before EXPAND has made a second shape, and none after PURGE.
     */
    static List<Action.Compare> applicable(List<StepState> steps) {
        boolean purging = steps.stream()
                .anyMatch(state -> state.step().phase() == Phase.PURGE && state.status() == StepStatus.DONE);
        boolean expanded = transactions(steps, Phase.EXPAND).allMatch(state -> state.status() == StepStatus.DONE);
        if (purging || !expanded) {
            return List.of();
        }
        List<Action.Compare> all = new ArrayList<>();
        for (StepState validation : comparisons(steps, Phase.VALIDATE)) {
            Action.Compare compare = (Action.Compare) validation.step().action();
            Optional<StepState> exchange = exchange(steps, compare.table());
            boolean before = exchange.map(state -> state.status() != StepStatus.DONE)
                    // What no exchange follows is proven once and for all.
                    .orElse(validation.status() != StepStatus.DONE);
            if (before) {
                all.add(compare);
            }
        }
        for (StepState after : comparisons(steps, Phase.CONTRACT)) {
            Action.Compare compare = (Action.Compare) after.step().action();
            boolean holds = exchange(steps, compare.table())
                    .filter(state -> state.status() == StepStatus.DONE
                            && state.step().ordinal() < after.step().ordinal())
                    .isPresent();
            if (holds) {
                all.add(compare);
            }
        }
        for (Action.Compare outgrown : wayBack(steps)) {
            if (exchange(steps, outgrown.table())
                    .filter(state -> state.status() == StepStatus.DONE)
                    .isPresent()) {
                all.add(outgrown);
            }
        }
        return byTable(all);
    }

    /**
     * What a rollback over CONTRACT looks for, as one condition a table: a row that breaks several rules counts once.
     *
     * @return none before CONTRACT
     */
    public static List<Action.Compare> outgrown(List<StepState> steps) {
        List<StepState> retired =
                steps.stream().filter(state -> isRetired(state, steps)).toList();
        return byTable(wayBack(retired)).stream().map(Comparisons::asOne).toList();
    }

    /**
     * Whether the columns that a step's undo compares bear their retired names, even if the phase broke off before the step:
     * those of a mapping, by its exchange; those of rules that were set aside, when all of the table's have gone.
     */
    private static boolean isRetired(StepState state, List<StepState> steps) {
        if (!(state.step().undo() instanceof Action.Compare compare)) {
            return false;
        }
        List<StepState> retiring = transactions(steps, Phase.CONTRACT)
                .filter(other -> other.step().effects().contains(Effect.RETIRES)
                        && other.step().locks().stream()
                                .anyMatch(lock -> lock.table().equals(compare.table())))
                .toList();
        return state.step().action() instanceof Action.Compare
                ? retiring.stream().anyMatch(other -> other.status() == StepStatus.DONE)
                : !retiring.isEmpty() && retiring.stream().allMatch(other -> other.status() == StepStatus.DONE);
    }

    private static Action.Compare asOne(Action.Compare compare) {
        String name =
                compare.rules().stream().map(Action.Violation::name).distinct().collect(Collectors.joining(", or "));
        String condition = compare.rules().stream()
                .map(rule -> "(" + rule.condition() + "\n)")
                .collect(Collectors.joining(" OR "));
        return new Action.Compare(compare.table(), compare.key(), List.of(new Action.Violation(name, condition)));
    }

    private static List<Action.Compare> wayBack(List<StepState> steps) {
        return steps.stream()
                .filter(state -> state.step().phase() == Phase.CONTRACT)
                .flatMap(state ->
                        state.step().undo() instanceof Action.Compare compare ? Stream.of(compare) : Stream.of())
                .toList();
    }

    private static List<Action.Compare> byTable(List<Action.Compare> comparisons) {
        Map<QualifiedName, Action.Compare> tables = new LinkedHashMap<>();
        for (Action.Compare compare : comparisons) {
            tables.merge(compare.table(), compare, (first, second) -> {
                List<Action.Violation> rules = new ArrayList<>(first.rules());
                rules.addAll(second.rules());
                return new Action.Compare(first.table(), first.key(), rules);
            });
        }
        return List.copyOf(tables.values());
    }

    /** The last transaction of CONTRACT on a table. */
    private static Optional<StepState> exchange(List<StepState> steps, QualifiedName table) {
        return transactions(steps, Phase.CONTRACT)
                .filter(state -> state.step().locks().stream()
                        .anyMatch(lock -> lock.table().equals(table)))
                .reduce((first, second) -> second);
    }

    private static Stream<StepState> transactions(List<StepState> steps, Phase phase) {
        return steps.stream()
                .filter(state -> state.step().phase() == phase
                        && (state.step().action() instanceof Action.Transaction
                                || state.step().action() instanceof Action.CatchUp));
    }

    private static List<StepState> comparisons(List<StepState> steps, Phase phase) {
        return steps.stream()
                .filter(state -> state.step().phase() == phase && state.step().action() instanceof Action.Compare)
                .toList();
    }
}
