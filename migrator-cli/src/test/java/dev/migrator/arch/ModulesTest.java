package dev.migrator.arch;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.conditions.ArchConditions.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/** Who may know whom: the table of modules in the architecture, as rules. */
@AnalyzeClasses(packages = "dev.migrator", importOptions = ShippedClasses.class)
class ModulesTest {

    @ArchTest
    static final ArchRule coreStandsOnTheJdkLoggingAndTheYamlReaderAlone = classes()
            .that(belongTo(BuildModule.CORE))
            .should()
            .onlyDependOnClassesThat(belongTo(BuildModule.CORE)
                    .or(JavaClass.Predicates.resideInAnyPackage(
                            "java..", "org.slf4j..", "org.jspecify..", "org.snakeyaml.engine..")))
            .because("a database's driver, pool and migration tool belong to the module of that database");

    @ArchTest
    static final ArchRule modulesUseOnlyTheModulesBelowThem = classes()
            .should(not(use(
                    "a module that theirs may not use",
                    (origin, target) -> !origin.mayUse().contains(target),
                    type -> true)));

    @ArchTest
    static final ArchRule internalsAreUsedByTheirOwnModuleAlone = classes()
            .should(not(use(
                    "the internals of another module", (origin, target) -> origin != target, BuildModule::isInternal)));

    @ArchTest
    static final ArchRule operationsKnowNeitherPlanNorEngine = noClasses()
            .that()
            .resideInAPackage("dev.migrator.operation..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.migrator.plan..", "dev.migrator.engine..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule plansDoNotKnowTheEngine = noClasses()
            .that()
            .resideInAPackage("dev.migrator.plan..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.migrator.engine..")
            .allowEmptyShould(true);

    /** A module's root package is left out: it hands over to the rest, and the rest speaks its types. */
    @ArchTest
    static final ArchRule packagesFormNoCycle = SlicesRuleDefinition.slices()
            .assignedFrom(new PackagesBelowTheRoots())
            .should()
            .beFreeOfCycles()
            .allowEmptyShould(true);

    private static DescribedPredicate<JavaClass> belongTo(BuildModule module) {
        return describe("belong to " + module, type -> BuildModule.of(type.getBaseComponentType())
                .equals(Optional.of(module)));
    }

    /** Holds for a dependency between two of our modules whose pair and whose target's class are both as said. */
    private static ArchCondition<JavaClass> use(
            String description, BiPredicate<BuildModule, BuildModule> modules, Predicate<JavaClass> target) {
        return new ArchCondition<>("use " + description) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass used = dependency.getTargetClass().getBaseComponentType();
                    boolean found = target.test(used)
                            && BuildModule.of(type)
                                    .flatMap(from -> BuildModule.of(used).filter(to -> modules.test(from, to)))
                                    .isPresent();
                    if (found) {
                        events.add(SimpleConditionEvent.satisfied(dependency, dependency.getDescription()));
                    }
                }
            }
        };
    }

    /** One slice a package. */
    private static final class PackagesBelowTheRoots implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getPackageName();
            return BuildModule.roots().contains(name) ? SliceIdentifier.ignore() : SliceIdentifier.of(name);
        }

        @Override
        public String getDescription() {
            return "packages below the modules' root packages";
        }
    }
}
