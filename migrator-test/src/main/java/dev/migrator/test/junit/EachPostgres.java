package dev.migrator.test.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A class of tests, with {@link MigrationTest} or a {@link MigratorExtension}, that runs once for each major version of
 * PostgreSQL. A version that can't be started here is skipped, with the reason.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ClassTemplate
@ExtendWith(PostgresVersions.class)
public @interface EachPostgres {

    /** The major versions. */
    int[] value() default {14, 15, 16, 17, 18};
}
