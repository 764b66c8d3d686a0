package dev.migrator.pg;

import dev.migrator.Direction;
import dev.migrator.Gate;
import dev.migrator.Identifier;
import dev.migrator.Migration;
import dev.migrator.Phase;
import dev.migrator.Status;
import dev.migrator.engine.MigrationState;
import dev.migrator.pg.internal.sql.Row;
import dev.migrator.pg.internal.sql.Session;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** Whether an approval can count at all, before it is recorded. */
final class ApprovalCheck {
    private final DataSource source;

    ApprovalCheck(DataSource source) {
        this.source = source;
    }

    /**
     * Checks one.
     *
     * @param state where the migration stands; empty if it was never started
     * @throws ApprovalRefusedException if it can't count
     */
    void check(Migration migration, Phase phase, Optional<MigrationState> state) {
        String what = "The approval of " + phase + " of migration " + migration.id();
        Optional<MigrationState> underWay = state.filter(found -> !found.isRolledBack());
        if (underWay.filter(found -> !found.checksum().equals(migration.checksum()))
                .isPresent()) {
            throw new ApprovalRefusedException(what + " would be of another content than the one with which it was"
                    + " started: restore its file, or roll it back first.");
        }
        List<Gate> back = asking(migration.gates().beforeRollback());
        List<Gate> asking =
                Stream.concat(asking(migration, phase).stream(), back.stream()).toList();
        if (asking.isEmpty()) {
            throw new ApprovalRefusedException(
                    what + " opens nothing: no gate of that phase asks for one. " + phasesThatAsk(migration));
        }
        if (back.isEmpty() && underWay.filter(found -> isComplete(found, phase)).isPresent()) {
            throw new ApprovalRefusedException(
                    what + " comes too late: that phase is complete; the migration stands at "
                            + underWay.get().position() + ".");
        }
        checkRoles(what, asking);
    }

    private static boolean isComplete(MigrationState state, Phase phase) {
        boolean here = state.phase() == phase && state.status() == Status.COMPLETE;
        return state.direction() == Direction.FORWARD && (here || phase.isBefore(state.phase()));
    }

    private static String phasesThatAsk(Migration migration) {
        String phases = Arrays.stream(Phase.values())
                .filter(phase -> !asking(migration, phase).isEmpty())
                .map(Phase::name)
                .collect(Collectors.joining(", "));
        return phases.isEmpty() ? "None of this migration does." : "Those of " + phases + " do.";
    }

    private static List<Gate> asking(Migration migration, Phase phase) {
        return asking(migration.gates().before(phase, migration.narrows()));
    }

    /** Gates that approvals open: those for them, and {@code releases}, where one takes the place of what is not registered. */
    private static List<Gate> asking(List<Gate> gates) {
        return gates.stream()
                .flatMap(ApprovalCheck::within)
                .filter(gate -> gate instanceof Gate.Approval
                        || (gate instanceof Gate.Releases releases && !releases.onlyRegistered()))
                .toList();
    }

    private static Stream<Gate> within(Gate gate) {
        if (gate instanceof Gate.All all) {
            return all.gates().stream().flatMap(ApprovalCheck::within);
        } else if (gate instanceof Gate.Any any) {
            return any.gates().stream().flatMap(ApprovalCheck::within);
        } else if (gate instanceof Gate.Not not) {
            return within(not.gate());
        }
        return Stream.of(gate);
    }

    private void checkRoles(String what, List<Gate> asking) {
        // What is approved for `releases` has to be one that the approvals beside it take, if there are any.
        List<List<Identifier>> wanted = asking.stream()
                .filter(Gate.Approval.class::isInstance)
                .map(gate -> ((Gate.Approval) gate).roles())
                .toList();
        if (wanted.isEmpty() || wanted.stream().anyMatch(List::isEmpty)) {
            return;
        }
        List<String> roles = wanted.stream()
                .flatMap(List::stream)
                .map(Identifier::value)
                .distinct()
                .toList();
        Row me = Session.with(
                        source,
                        session -> session.query(
                                """
                        SELECT session_user AS name, EXISTS (
                            SELECT FROM pg_catalog.pg_roles AS r
                            WHERE r.rolname = ANY (?::pg_catalog.text[])
                                AND pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER')) AS is_member""",
                                roles))
                .get(0);
        if (!me.isTrue("is_member")) {
            throw new ApprovalRefusedException(what + " does not count from " + me.text("name")
                    + ", which is a member of none of the roles " + String.join(", ", roles)
                    + ": connect as one that is.");
        }
    }
}
