/** PostgreSQL for the migrator: planner, executor, backfill and state tables. */
@SuppressWarnings("opens") // The package holds no class, only the scripts of the state tables.
module dev.migrator.pg {
    exports dev.migrator.pg;

    requires transitive dev.migrator.core;
    requires transitive java.sql;
    requires static transitive org.jspecify;
    requires com.zaxxer.hikari;
    requires flyway.core;
    requires org.postgresql.jdbc;
    requires static org.checkerframework.checker.qual; // for the annotations in the driver
    requires org.slf4j;

    opens dev.migrator.pg.state; // To Flyway, which looks for scripts through the class loader.
}
