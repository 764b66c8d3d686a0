package dev.migrator.engine;

import dev.migrator.Gate;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks gates. A gate that fails is a gate that waits, with that as its reason; it never passes by itself. */
final class GateKeeper {
    private final Walk walk;
    private final MigrationStore store;
    private final StepExecutor executor;

    GateKeeper(Walk walk, MigrationStore store, StepExecutor executor) {
        this.walk = walk;
        this.store = store;
        this.executor = executor;
    }

    /**
     * The gates before a phase on the way forward that are closed, with their reasons; empty: the phase may begin.
     *
     * @param state where the migration stands; empty if it was not started
     */
    List<Waiting> beforePhase(Migration migration, Phase phase, Optional<MigrationState> state) {
        Instant soaking = state.map(MigrationState::phaseCompletedAt).orElse(Instant.MIN);
        Question question = new Question(migration, phase, soaking, Instant.MIN);
        return closed(migration.gates().before(phase, migration.narrows()), question);
    }

    /**
     * The gates before a rollback that are closed. An approval counts if it is of the first phase that would be undone, and
     * was given after that phase came to stand as it does: the one that let it begin says nothing about undoing it.
     */
    List<Waiting> beforeRollback(Migration migration, MigrationState state) {
        boolean untouched = state.status() == Status.WAITING;
        Phase phase = untouched ? state.phase().previous().orElse(Phase.EXPAND) : state.phase();
        boolean whole = untouched || state.status() == Status.COMPLETE;
        Instant approvedFrom = whole ? state.phaseCompletedAt() : state.updatedAt();
        Question question = new Question(migration, phase, state.phaseCompletedAt(), approvedFrom);
        return closed(migration.gates().beforeRollback(), question);
    }

    /** The gates that are closed before one more phase of a rollback; people and time were asked before its first. */
    List<Waiting> duringRollback(Migration migration, MigrationState state) {
        List<Gate> queries = migration.gates().beforeRollback().stream()
                .filter(gate -> gate instanceof Gate.Sql)
                .toList();
        return closed(queries, new Question(migration, state.phase(), Instant.MIN, Instant.MIN));
    }

    /**
     * What the gates are asked about.
     *
     * @param soaking since when a soak time counts
     * @param approvedFrom from when on approvals count
     */
    private record Question(Migration migration, Phase phase, Instant soaking, Instant approvedFrom) {}

    private List<Waiting> closed(List<Gate> gates, Question question) {
        List<Waiting> closed = new ArrayList<>();
        for (Gate gate : gates) {
            GateAnswer answer = answer(gate, question);
            if (!answer.open()) {
                closed.add(new Waiting(gate.name(), answer.reason()));
            }
        }
        return closed;
    }

    private GateAnswer answer(Gate gate, Question question) {
        try {
            return walk.ask("ask the gate " + gate.name(), () -> ask(gate, question));
        } catch (StepFailure e) {
            return GateAnswer.wait("the gate itself failed: " + e.getMessage());
        }
    }

    private GateAnswer ask(Gate gate, Question question) {
        if (gate instanceof Gate.Soak soak) {
            return soak(soak, question.soaking());
        } else if (gate instanceof Gate.Sql sql) {
            return executor.ask(sql);
        }
        Migration migration = question.migration();
        boolean approved = store.approvals(migration.id(), question.phase(), migration.checksum()).stream()
                .anyMatch(approval -> !approval.at().isBefore(question.approvedFrom()));
        if (approved) {
            return GateAnswer.pass("approved");
        }
        String phase = question.phase().key();
        String how = "migrator approve " + migration.id() + " " + phase + " --by NAME --reason TEXT";
        return gate instanceof Gate.Approval
                ? GateAnswer.wait("nobody has approved " + phase + " yet: " + how)
                : GateAnswer.wait("no instance is registered, so nothing is known about live releases;"
                        + " whoever knows approves " + phase + ": " + how);
    }

    private GateAnswer soak(Gate.Soak soak, Instant since) {
        Instant until = since.plus(soak.duration());
        return store.now().isBefore(until)
                ? GateAnswer.wait("soaks until " + until)
                : GateAnswer.pass("soaked since " + since);
    }
}
