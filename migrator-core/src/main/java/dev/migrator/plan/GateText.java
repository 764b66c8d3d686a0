package dev.migrator.plan;

import dev.migrator.Gate;
import dev.migrator.internal.check.Durations;
import java.util.List;
import java.util.stream.Collectors;

/** A gate in a few words. */
final class GateText {
    private GateText() {}

    static String of(Gate gate) {
        if (gate instanceof Gate.Soak soak) {
            return "soak " + Durations.format(soak.duration());
        } else if (gate instanceof Gate.Sql sql) {
            return "sql (" + sql.reason() + ")";
        } else if (gate instanceof Gate.Approval approval && approval.people() > 1) {
            return "approval by " + approval.people() + " people";
        } else if (gate instanceof Gate.Releases releases && releases.onlyRegistered()) {
            return "releases (of registered instances)";
        } else if (gate instanceof Gate.ReplicaLag lag) {
            return "replicaLag " + Durations.format(lag.limit());
        } else if (gate instanceof Gate.NoUse noUse) {
            return "noUse for " + Durations.format(noUse.duration());
        } else if (gate instanceof Gate.Window window) {
            return "window " + window.text();
        } else if (gate instanceof Gate.Custom custom) {
            return "custom " + custom.gate();
        } else if (gate instanceof Gate.All all) {
            return "all of (" + list(all.gates()) + ")";
        } else if (gate instanceof Gate.Any any) {
            return "any of (" + list(any.gates()) + ")";
        }
        return gate instanceof Gate.Not not ? "not " + of(not.gate()) : gate.name();
    }

    private static String list(List<Gate> gates) {
        return gates.stream().map(GateText::of).collect(Collectors.joining(", "));
    }
}
