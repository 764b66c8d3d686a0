package dev.migrator.engine;

import dev.migrator.MigratorException;
import dev.migrator.plan.Finding;
import java.util.List;
import java.util.stream.Collectors;

/** Preflight refused a migration; nothing was changed. */
public final class PlanRefusedException extends MigratorException {
    private static final long serialVersionUID = 1L;

    private final transient List<Finding> findings;

    /**
     * Makes the exception.
     *
     * @param migration the migration's id
     * @param findings everything that was found, refusals first
     */
    public PlanRefusedException(String migration, List<Finding> findings) {
        super(message(migration, findings));
        this.findings = List.copyOf(findings);
    }

    /** Everything that was found. */
    public List<Finding> findings() {
        return findings;
    }

    private static String message(String migration, List<Finding> findings) {
        List<String> refused = findings.stream()
                .filter(finding -> finding.severity() == Finding.Severity.REFUSED)
                .map(finding -> "  - " + finding)
                .toList();
        return "Migration " + migration + " is refused by preflight, " + refused.size()
                + (refused.size() == 1 ? " finding" : " findings") + "; nothing was changed:\n"
                + refused.stream().collect(Collectors.joining("\n"));
    }
}
