package dev.migrator.pg.internal.plan;

import dev.migrator.Migration;
import dev.migrator.plan.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What preflight finds, collected so that everything is told at once. */
final class Findings {
    private final Migration migration;
    private final List<Finding> all = new ArrayList<>();

    Findings(Migration migration) {
        this.migration = migration;
    }

    void refuse(String path, String message, String remedy) {
        add(Finding.Severity.REFUSED, path, message, remedy);
    }

    void warn(String path, String message, String remedy) {
        add(Finding.Severity.WARNING, path, message, remedy);
    }

    void note(String path, String message) {
        add(Finding.Severity.NOTE, path, message, "");
    }

    private void add(Finding.Severity severity, String path, String message, String remedy) {
        String at = migration.mark(path).map(mark -> mark + ": " + path).orElse(path);
        Finding finding = new Finding(severity, at, message.endsWith(".") ? message : message + ".", remedy);
        if (!all.contains(finding)) {
            all.add(finding);
        }
    }

    boolean refused() {
        return all.stream().anyMatch(finding -> finding.severity() == Finding.Severity.REFUSED);
    }

    List<Finding> all() {
        return all.stream().sorted(Comparator.comparing(Finding::severity)).toList();
    }
}
