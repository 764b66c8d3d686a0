package dev.migrator.arch;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;

/** House rules that the compiler does not hold. */
@AnalyzeClasses(packages = "dev.migrator", importOptions = ShippedClasses.class)
class HouseRulesTest {

    @ArchTest
    static final ArchRule everyPackageIsNullMarked =
            classes().should(resideInANullMarkedPackage()).because("NullAway looks at nothing else");

    @ArchTest
    static final ArchRule nobodySleeps = noClasses()
            .should()
            .callMethodWhere(target(owner(assignableTo(Thread.class).or(assignableTo(TimeUnit.class))))
                    .and(target(name("sleep"))))
            .because("a wait has to end at once when the engine is paused or closed");

    @ArchTest
    static final ArchRule leasesGoByNoClockThatCanBeSet = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.migrator.pg", "dev.migrator.pg.internal.release..", "dev.migrator.pg.internal.state..")
            .and()
            // Takes the earlier of both clocks, so that one which is set ends a lease early and never late.
            .doNotHaveSimpleName("OwnLease")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .because("leases run by the database's clock, and by System.nanoTime where this process has to guess");

    @ArchTest
    static final ArchRule nobodyPrintsStackTraces = noClasses()
            .should()
            .callMethodWhere(target(owner(assignableTo(Throwable.class))).and(target(name("printStackTrace"))));

    @ArchTest
    static final ArchRule librariesLogAndDoNotPrint = noClasses()
            .that()
            .resideInAnyPackage("dev.migrator", "dev.migrator.[engine|operation|plan|internal|pg]..")
            .should(ACCESS_STANDARD_STREAMS);

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return new ArchCondition<>("reside in a @NullMarked package") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                events.add(new SimpleConditionEvent(
                        type, marked, type.getName() + (marked ? " is" : " is not") + " in a @NullMarked package"));
            }
        };
    }
}
