package dev.migrator.arch;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The modules of the build by the packages they own, and which of them each may use. */
enum BuildModule {
    PG("dev.migrator.pg"),
    TEST("dev.migrator.test"),
    CLI("dev.migrator.cli"),
    MAVEN_PLUGIN("dev.migrator.maven"),
    BENCH("dev.migrator.bench"),
    EXAMPLES("dev.migrator.examples"),
    /** Last, because it has whatever the others have not. */
    CORE("dev.migrator");

    private final String root;

    BuildModule(String root) {
        this.root = root;
    }

    /** The module that a class belongs to; empty for the JDK's and other people's classes. */
    static Optional<BuildModule> of(JavaClass type) {
        return Arrays.stream(values())
                .filter(module -> module.owns(type.getPackageName()))
                .findFirst();
    }

    /** The public packages that speak for a whole module and so know all the rest of it. */
    static Collection<String> roots() {
        return Arrays.stream(values()).map(module -> module.root).toList();
    }

    /** Whether a class is its module's own affair. */
    static boolean isInternal(JavaClass type) {
        return (type.getPackageName() + ".").contains(".internal.");
    }

    /** Itself and the modules it may use. */
    Set<BuildModule> mayUse() {
        return switch (this) {
            case CORE -> EnumSet.of(CORE);
            case PG -> EnumSet.of(CORE, PG);
            case TEST, CLI -> EnumSet.of(CORE, PG, this);
            case MAVEN_PLUGIN -> EnumSet.of(CORE, PG, TEST, CLI, this);
            case EXAMPLES -> EnumSet.of(CORE, PG, TEST, this);
            case BENCH -> EnumSet.allOf(BuildModule.class);
        };
    }

    private boolean owns(String packageName) {
        return packageName.equals(root) || packageName.startsWith(root + ".");
    }
}
