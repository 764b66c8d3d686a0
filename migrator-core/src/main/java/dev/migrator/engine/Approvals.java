package dev.migrator.engine;

import dev.migrator.Gate;
import dev.migrator.Identifier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Counts who has approved a phase. */
final class Approvals {
    private final List<Approval> given;
    private final Instant now;
    private final String how;

    /**
     * Approvals of one phase.
     *
     * @param given all that no rollback has used up
     * @param how the command that gives one, for people
     */
    Approvals(List<Approval> given, Instant now, String how) {
        this.given = List.copyOf(given);
        this.now = now;
        this.how = how;
    }

    boolean isEmpty() {
        return given.isEmpty();
    }

    /** Those that were not given before. */
    Approvals since(Instant from) {
        return new Approvals(
                given.stream().filter(approval -> !approval.at().isBefore(from)).toList(), now, how);
    }

    /** Those that count for one of these gates, by their roles and times; all if there is none. */
    Approvals satisfying(List<Gate.Approval> gates) {
        return new Approvals(
                given.stream()
                        .filter(approval -> gates.isEmpty()
                                || gates.stream()
                                        .anyMatch(gate -> isOfRole(approval, gate) && !hasExpired(approval, gate)))
                        .toList(),
                now,
                how);
    }

    private static boolean isOfRole(Approval approval, Gate.Approval gate) {
        return gate.roles().isEmpty()
                || gate.roles().stream().map(Identifier::value).anyMatch(approval.roles()::contains);
    }

    private static Instant until(Approval approval, Gate.Approval gate) {
        return gate.expires().map(approval.at()::plus).orElse(Instant.MAX);
    }

    private boolean hasExpired(Approval approval, Gate.Approval gate) {
        return !now.isBefore(until(approval, gate));
    }

    GateAnswer answer(Gate.Approval gate) {
        Set<String> people = new TreeSet<>();
        List<String> others = new ArrayList<>();
        for (Approval approval : given) {
            if (!isOfRole(approval, gate)) {
                others.add("that of " + approval.by() + " does not count, since " + approval.actor()
                        + " is in none of the roles " + roles(gate));
            } else if (hasExpired(approval, gate)) {
                others.add("that of " + approval.by() + " has expired at " + until(approval, gate));
            } else {
                people.add(approval.by().strip().toLowerCase(Locale.ROOT));
            }
        }
        Map<String, String> data =
                Map.of("approved", String.valueOf(people.size()), "people", String.valueOf(gate.people()));
        if (people.size() >= gate.people()) {
            return GateAnswer.pass("approved by " + String.join(", ", people)).with(data);
        }
        String who = gate.roles().isEmpty() ? "" : " (by a member of " + roles(gate) + ")";
        String said = people.isEmpty()
                ? "nobody has approved it yet"
                : people.size() + " of " + gate.people() + " people have approved it: " + String.join(", ", people);
        String why = others.isEmpty() ? "" : "; " + String.join("; ", others);
        return GateAnswer.wait(said + why + ": " + how + who).with(data);
    }

    private static String roles(Gate.Approval gate) {
        return gate.roles().stream().map(Identifier::value).collect(Collectors.joining(", "));
    }
}
