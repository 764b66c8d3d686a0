package dev.migrator.test.junit;

import dev.migrator.Phase;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;

/**
 * A test that runs once for each phase, each time in a database in which that phase is complete; it takes the {@link Phase} as a
 * parameter if it wants to know.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
public @interface EachPhase {

    /** The phases. */
    Phase[] value() default {Phase.EXPAND, Phase.BACKFILL, Phase.VALIDATE, Phase.CONTRACT, Phase.PURGE};
}
