package dev.migrator.engine;

import dev.migrator.Direction;
import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.MigratorException;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.GateAnswer.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks gates, and has their answers recorded when they change. A gate that fails is a gate that waits, with that as its reason;
 * it never passes by itself, and neither does its opposite.
 */
final class GateKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(GateKeeper.class);

    private final Walk walk;
    private final MigrationStore store;
    private final StepExecutor executor;
    private final CustomGates custom;

    GateKeeper(Walk walk, MigrationStore store, StepExecutor executor, CustomGates custom) {
        this.walk = walk;
        this.store = store;
        this.executor = executor;
        this.custom = custom;
    }

    /**
     * The gates before a phase on the way forward that are closed, with their reasons; empty: the phase may begin.
     *
     * @param state where the migration stands; empty if it was not started
     */
    List<Waiting> beforePhase(Migration migration, Phase phase, Optional<MigrationState> state) {
        Instant soaking = state.map(MigrationState::phaseCompletedAt).orElse(Instant.MIN);
        GateQuestion asked = GateQuestion.before(migration, phase);
        List<Gate> gates = migration.gates().before(phase, migration.narrows());
        return closed(gates, new Question(asked, soaking, Instant.MIN, approvals(gates)));
    }

    /**
     * The gates before a rollback that are closed. An approval counts if it is of the first phase that would be undone, and
     * was given after that phase came to stand as it does: the one that let it begin says nothing about undoing it.
     *
     * @param to the phase that is complete afterwards; empty: to before EXPAND
     */
    List<Waiting> beforeRollback(Migration migration, MigrationState state, Optional<Phase> to) {
        boolean untouched = state.status() == Status.WAITING;
        Phase phase = untouched ? state.phase().previous().orElse(Phase.EXPAND) : state.phase();
        boolean whole = untouched || state.status() == Status.COMPLETE;
        Instant approvedFrom = whole ? state.phaseCompletedAt() : state.updatedAt();
        GateQuestion asked = GateQuestion.beforeRollback(migration, phase, to);
        List<Gate> gates = migration.gates().beforeRollback();
        return closed(gates, new Question(asked, state.phaseCompletedAt(), approvedFrom, approvals(gates)));
    }

    /**
     * The gates that are closed before one more phase of a rollback; people and time were asked before its first. Instances
     * are asked again: those that bear both shapes were told only then to leave the new one.
     */
    List<Waiting> duringRollback(Migration migration, MigrationState state) {
        List<Gate> gates = migration.gates().beforeRollback();
        List<Gate> queries = gates.stream()
                .flatMap(GateKeeper::required)
                .filter(gate -> gate instanceof Gate.Sql || gate instanceof Gate.Releases)
                .toList();
        GateQuestion asked = GateQuestion.beforeUndoing(migration, state.phase());
        return closed(queries, new Question(asked, Instant.MIN, Instant.MIN, approvals(gates)));
    }

    /** Those that have to be open whatever else is; not those of an {@code any} or a {@code not}. */
    private static Stream<Gate> required(Gate gate) {
        return gate instanceof Gate.All all ? all.gates().stream().flatMap(GateKeeper::required) : Stream.of(gate);
    }

    private static List<Gate.Approval> approvals(List<Gate> gates) {
        return gates.stream()
                .flatMap(GateKeeper::required)
                .filter(Gate.Approval.class::isInstance)
                .map(Gate.Approval.class::cast)
                .toList();
    }

    /**
     * What the gates are asked about.
     *
     * @param soaking since when a soak time counts
     * @param approvedFrom from when on approvals count
     * @param wanted the approvals that are wanted in any case
     */
    private record Question(GateQuestion asked, Instant soaking, Instant approvedFrom, List<Gate.Approval> wanted) {
        Migration migration() {
            return asked.migration();
        }

        Phase phase() {
            return asked.phase();
        }
    }

    private List<Waiting> closed(List<Gate> gates, Question question) {
        List<GateReport> reports = new ArrayList<>();
        for (int i = 0; i < gates.size(); i++) {
            reports.add(new GateReport(i, gates.get(i).name(), answer(gates.get(i), question)));
        }
        walk.record(question.asked(), reports);
        return reports.stream()
                .filter(report -> !report.answer().open())
                .map(report -> new Waiting(report.gate(), report.answer().reason()))
                .toList();
    }

    private GateAnswer answer(Gate gate, Question question) {
        try {
            return walk.ask("ask the gate " + gate.name(), () -> ask(gate, question));
        } catch (StepFailure e) {
            return GateAnswer.unknown("the gate itself failed: " + e.getMessage());
        } catch (MigratorException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.warn("Gate {} of migration {} has failed", gate.name(), walk.id(), e);
            return GateAnswer.unknown("the gate itself failed: " + e);
        }
    }

    private GateAnswer ask(Gate gate, Question question) {
        if (gate instanceof Gate.Soak soak) {
            return soak(soak, question.soaking());
        } else if (gate instanceof Gate.Window window) {
            return window(window);
        } else if (gate instanceof Gate.Approval approval) {
            return approvals(question).answer(approval);
        } else if (gate instanceof Gate.Releases releases) {
            return releases(releases, question);
        } else if (gate instanceof Gate.Custom one) {
            return custom.ask(one.gate(), question.asked());
        } else if (gate instanceof Gate.All all) {
            return all(all, question);
        } else if (gate instanceof Gate.Any any) {
            return any(any, question);
        } else if (gate instanceof Gate.Not not) {
            return opposite(not, answer(not.gate(), question));
        }
        return executor.ask(gate, question.asked());
    }

    private GateAnswer all(Gate.All all, Question question) {
        List<GateAnswer> answers =
                all.gates().stream().map(gate -> answer(gate, question)).toList();
        List<GateAnswer> shut =
                answers.stream().filter(answer -> !answer.open()).toList();
        Verdict worst = shut.stream()
                .map(GateAnswer::verdict)
                .max(Comparator.comparing(
                        verdict -> verdict == Verdict.REFUSE ? 2 : verdict == Verdict.UNKNOWN ? 1 : 0))
                .orElse(Verdict.PASS);
        return joined(worst, shut.isEmpty() ? answers : shut, " and ");
    }

    private GateAnswer any(Gate.Any any, Question question) {
        List<GateAnswer> answers = new ArrayList<>();
        for (Gate gate : any.gates()) {
            GateAnswer answer = answer(gate, question);
            if (answer.open()) {
                return answer;
            }
            answers.add(answer);
        }
        boolean hopeless = answers.stream().allMatch(answer -> answer.verdict() == Verdict.REFUSE);
        boolean unknown = answers.stream().anyMatch(answer -> answer.verdict() == Verdict.UNKNOWN);
        return joined(hopeless ? Verdict.REFUSE : unknown ? Verdict.UNKNOWN : Verdict.WAIT, answers, " or ");
    }

    private static GateAnswer joined(Verdict verdict, List<GateAnswer> answers, String word) {
        String reasons = answers.stream().map(GateAnswer::reason).collect(Collectors.joining(word));
        GateAnswer joined = new GateAnswer(verdict, reasons, new TreeMap<>());
        for (GateAnswer answer : answers) {
            joined = joined.with(answer.data());
        }
        return joined;
    }

    private static GateAnswer opposite(Gate.Not not, GateAnswer answer) {
        return switch (answer.verdict()) {
            case PASS ->
                GateAnswer.wait("not while " + not.gate().name() + " is open: " + answer.reason())
                        .with(answer.data());
            case WAIT, REFUSE ->
                GateAnswer.pass(not.gate().name() + " is closed: " + answer.reason())
                        .with(answer.data());
            case UNKNOWN -> answer;
        };
    }

    private Approvals approvals(Question question) {
        Migration migration = question.migration();
        List<Approval> counting = store.approvals(migration.id(), question.phase(), migration.checksum()).stream()
                .filter(approval -> !approval.at().isBefore(question.approvedFrom()))
                .toList();
        return new Approvals(counting, store.now(), how(question));
    }

    private static String how(Question question) {
        return "migrator approve " + question.migration().id() + " "
                + question.phase().key() + " --by NAME --reason TEXT";
    }

    /** Who knows more than is registered says so by an approval; that an instance needs the old shape nobody overrides. */
    private GateAnswer releases(Gate.Releases gate, Question question) {
        if (question.asked().direction() == Direction.ROLLING_BACK
                && question.asked().taken().isEmpty()) {
            return GateAnswer.pass("neither shape goes");
        }
        LiveReleases live = executor.releases(gate, question.asked());
        Map<String, String> data = Map.of("instances", String.valueOf(live.instances()));
        if (!live.needed().isEmpty()) {
            return GateAnswer.wait(String.join("; ", live.needed())).with(data);
        }
        if (live.unknown().isEmpty() || gate.onlyRegistered()) {
            String all = live.instances() == 0
                    ? "no instance is registered"
                    : "all " + live.instances() + " live instances are ready";
            return GateAnswer.pass(all).with(data);
        }
        String unknown = String.join("; ", live.unknown());
        // Given knowing so: when the phase before was over, and by one whose approval the gates beside this one take.
        return approvals(question)
                        .since(question.soaking())
                        .satisfying(question.wanted())
                        .isEmpty()
                ? GateAnswer.wait(unknown + ". Whoever knows approves "
                                + question.phase().key() + ": " + how(question))
                        .with(data)
                : GateAnswer.pass("approved, though " + unknown).with(data);
    }

    private GateAnswer soak(Gate.Soak soak, Instant since) {
        Instant until = since.plus(soak.duration());
        return store.now().isBefore(until)
                ? GateAnswer.wait("soaks until " + until)
                : GateAnswer.pass("soaked since " + since);
    }

    private GateAnswer window(Gate.Window window) {
        Optional<Instant> until = window.windows().closedUntil(store.now());
        return until.map(at -> GateAnswer.wait("outside of " + window.text() + ", until " + at)
                        .with(Map.of("until", at.toString())))
                .orElseGet(() -> GateAnswer.pass("within " + window.text()));
    }
}
