package dev.migrator.test.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A class of tests of one migration. Each test gets a database of its own, a copy of one that was made once, by taking a {@link
 * dev.migrator.test.MigrationDatabase}, a {@link dev.migrator.test.TestDatabase}, a {@link
 * dev.migrator.pg.PostgresMigrator} or a {@link javax.sql.DataSource} as a parameter; so do methods with {@code
 * BeforeEach} and {@code AfterEach}, which see the same database.
 *
 * <p>It is before the first phase, unless {@link AtPhase} or {@link EachPhase} says otherwise. All before it, the base schema
 * and earlier migrations, is complete.
 *
 * <p>For what an annotation can't say there is {@link MigratorExtension#builder()}.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(MigratorExtension.class)
public @interface MigrationTest {

    /** The folder of migration files, from the working directory or on the class path. */
    String migrations() default "db/migrator";

    /** The id of the tested migration; left out: the last one of the folder. */
    String migration() default "";

    /** Flyway's locations with the base schema, such as {@code classpath:db/migration}. */
    String[] flyway() default {};

    /** SQL files, or folders of them, with the base schema; after those of {@link #flyway()}. */
    String[] sql() default {};

    /** Whether the migration's own gates count: then the test opens them. Left out, phases begin as soon as they are asked for. */
    boolean keepGates() default false;

    /** The major version of PostgreSQL, 14 to 18; left out: that of the system property {@code migrator.test.postgres.version}, or 17. */
    int postgres() default 0;

    /** The name of the database, for code that can't take another one; left out: a name for each test. */
    String database() default "";

    /**
     * Whether the database of a test that fails stays, with the server if it is one of ours; where it is found, and how it is
     * removed, is printed. The system property {@code migrator.test.keep=true} does so for all tests.
     */
    boolean keepOnFailure() default false;
}
