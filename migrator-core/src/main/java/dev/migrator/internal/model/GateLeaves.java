package dev.migrator.internal.model;

import dev.migrator.Gate;
import dev.migrator.Identifier;
import dev.migrator.internal.check.Durations;
import dev.migrator.internal.model.Definition.Leaves;
import java.util.List;

/** A gate in the canonical form of a definition. */
final class GateLeaves {
    private final Leaves leaves;

    GateLeaves(Leaves leaves) {
        this.leaves = leaves;
    }

    void put(String path, Gate gate) {
        if (gate instanceof Gate.Soak soak) {
            leaves.put(path + ".soak", Durations.format(soak.duration()));
        } else if (gate instanceof Gate.Sql sql) {
            leaves.put(path + ".sql", sql.query());
            if (!sql.reason().equals(Gate.Sql.defaultReason(sql.query()))) {
                leaves.put(path + ".reason", sql.reason());
            }
        } else if (gate instanceof Gate.Approval approval) {
            approval(path, approval);
        } else if (gate instanceof Gate.Releases releases) {
            releases(path, releases);
        } else if (gate instanceof Gate.ReplicaLag lag) {
            leaves.put(path + ".replicaLag", Durations.format(lag.limit()));
        } else if (gate instanceof Gate.NoUse noUse) {
            leaves.put(path + ".noUse", Durations.format(noUse.duration()));
        } else if (gate instanceof Gate.Window window) {
            leaves.put(path + ".window", window.text());
        } else if (gate instanceof Gate.Custom custom) {
            leaves.put(path + ".custom", custom.gate());
        } else if (gate instanceof Gate.All all) {
            list(path + ".all", all.gates());
        } else if (gate instanceof Gate.Any any) {
            list(path + ".any", any.gates());
        } else if (gate instanceof Gate.Not not) {
            put(path + ".not", not.gate());
        }
    }

    private void list(String path, List<Gate> gates) {
        for (int i = 0; i < gates.size(); i++) {
            put(path + "[" + i + "]", gates.get(i));
        }
    }

    /** What says no more than its name is its name, as in versions that knew nothing else. */
    private void approval(String path, Gate.Approval approval) {
        if (approval.equals(new Gate.Approval())) {
            leaves.put(path, approval.name());
            return;
        }
        leaves.put(path + ".approval.people", String.valueOf(approval.people()));
        names(path + ".approval.roles", approval.roles());
        approval.expires().ifPresent(time -> leaves.put(path + ".approval.expires", Durations.format(time)));
    }

    private void releases(String path, Gate.Releases releases) {
        if (releases.equals(new Gate.Releases())) {
            leaves.put(path, releases.name());
            return;
        }
        String inside = path + ".releases.";
        leaves.put(inside + "onlyRegistered", String.valueOf(releases.onlyRegistered()));
        releases.minimum().ifPresent(minimum -> leaves.put(inside + "minimum", minimum));
        names(inside + "ignoreRoles", releases.ignoredRoles());
        for (int i = 0; i < releases.ignoredApplications().size(); i++) {
            leaves.put(
                    inside + "ignoreApplications[" + i + "]",
                    releases.ignoredApplications().get(i));
        }
    }

    private void names(String path, List<Identifier> names) {
        for (int i = 0; i < names.size(); i++) {
            leaves.put(path + "[" + i + "]", names.get(i).value());
        }
    }
}
