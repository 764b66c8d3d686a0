package dev.migrator.test.junit;

import dev.migrator.Phase;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** In the database of this test, or of all tests of this class, a phase of the tested migration is complete. */
@Documented
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface AtPhase {

    /** The phase. */
    Phase value();
}
